/**
 * {@code bench}: the tables by which early exits are judged, each made by one class and written by
 * the same two writers. Start with {@link io.drex.job.bench.Table} and {@link
 * io.drex.job.bench.SimulatedTable}.
 */
@NullMarked
package io.drex.job.bench;

import org.jspecify.annotations.NullMarked;
