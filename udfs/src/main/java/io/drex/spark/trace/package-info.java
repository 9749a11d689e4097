/**
 * Recorded runs, read back from the Parquet files of results. Start with {@link
 * io.drex.spark.trace.TraceFiles}.
 */
@NullMarked
package io.drex.spark.trace;

import org.jspecify.annotations.NullMarked;
