package io.drex.spark.journal;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

/** Columns that are the same for all rows of a task. */
sealed interface ConstantWriter extends ColumnWriter<JournalRow> {

  @Override
  default boolean isNull(JournalRow row) {
    return false;
  }

  static ConstantWriter of(Object value) {
    if (value instanceof String text) {
      return new Text(Binary.fromString(text));
    } else if (value instanceof Integer number) {
      return new Int32(number);
    }
    throw new IllegalArgumentException("constants are text or int, not " + value.getClass());
  }

  record Text(Binary value) implements ConstantWriter {
    @Override
    public void write(JournalRow row, RecordConsumer out) {
      out.addBinary(value);
    }
  }

  record Int32(int value) implements ConstantWriter {
    @Override
    public void write(JournalRow row, RecordConsumer out) {
      out.addInteger(value);
    }
  }
}
