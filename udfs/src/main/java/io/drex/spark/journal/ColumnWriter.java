package io.drex.spark.journal;

import org.apache.parquet.io.api.RecordConsumer;

/** Writes one column's values of type {@code S}'s rows. */
interface ColumnWriter<S> {
  /** Whether the column is null in this row; {@link #write} must not be called then. */
  boolean isNull(S row);

  /** Hands the value to Parquet, without the field around it. */
  void write(S row, RecordConsumer out);
}
