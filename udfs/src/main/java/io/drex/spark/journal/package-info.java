/**
 * The Parquet files in which tasks publish finished rows before the run ends. Start with {@link
 * io.drex.spark.journal.JournalFiles}.
 */
@NullMarked
package io.drex.spark.journal;

import org.jspecify.annotations.NullMarked;
