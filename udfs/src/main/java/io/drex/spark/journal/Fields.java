package io.drex.spark.journal;

import org.apache.parquet.io.api.RecordConsumer;

/** Writes optional fields: a null is a field that is left out. */
final class Fields {
  private Fields() {}

  static <S> void write(
      String name, int ordinal, ColumnWriter<S> column, S row, RecordConsumer out) {
    if (column.isNull(row)) {
      return;
    }
    out.startField(name, ordinal);
    column.write(row, out);
    out.endField(name, ordinal);
  }
}
