/**
 * The folder of results: its layout, lock, ledger, compaction and documents. Start with {@link
 * io.drex.job.output.OutputLayout} and {@link io.drex.job.output.Compaction}.
 */
@NullMarked
package io.drex.job.output;

import org.jspecify.annotations.NullMarked;
