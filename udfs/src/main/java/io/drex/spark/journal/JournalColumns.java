package io.drex.spark.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Where each column of the output table comes from: a constant of the task, the completion batch,
 * or the input row.
 *
 * @param schema of the files
 * @param writers in the schema's order
 */
record JournalColumns(StructType schema, List<ColumnWriter<JournalRow>> writers) {

  /**
   * Finds a source for each column, by name.
   *
   * @param constants values that are the same for all rows of the task, text or int
   * @param completions the task's completion batch, whose vectors stay the same objects
   * @param input the schema of the input rows
   */
  static JournalColumns of(
      StructType schema,
      Map<String, Object> constants,
      VectorSchemaRoot completions,
      StructType input) {
    List<ColumnWriter<JournalRow>> writers = new ArrayList<>();
    for (StructField field : schema.fields()) {
      Object constant = constants.get(field.name());
      FieldVector vector = completions.getVector(field.name());
      if (constant != null) {
        writers.add(ConstantWriter.of(constant));
      } else if (vector != null) {
        writers.add(new BatchColumn(VectorWriters.of(vector)));
      } else {
        writers.add(PassThroughWriter.of(input.fieldIndex(field.name()), field.dataType()));
      }
    }
    return new JournalColumns(schema, List.copyOf(writers));
  }

  MessageType parquetSchema() {
    return ParquetTypes.message(schema);
  }

  void write(JournalRow row, RecordConsumer out) {
    out.startMessage();
    for (int i = 0; i < writers.size(); i++) {
      Fields.write(schema.fields()[i].name(), i, writers.get(i), row, out);
    }
    out.endMessage();
  }

  private record BatchColumn(ColumnWriter<Integer> vector) implements ColumnWriter<JournalRow> {
    @Override
    public boolean isNull(JournalRow row) {
      return vector.isNull(row.index());
    }

    @Override
    public void write(JournalRow row, RecordConsumer out) {
      vector.write(row.index(), out);
    }
  }
}
