package io.drex.spark.journal;

import java.util.Map;
import org.apache.spark.sql.types.StructType;

/**
 * What a task's journal files hold.
 *
 * @param schema of the files: constants, completion columns and pass-through columns, by name
 * @param constants values that are the same for all rows of the task, text or int
 * @param input the schema of the input rows, which have the pass-through columns
 */
public record JournalTable(StructType schema, Map<String, Object> constants, StructType input) {
  public JournalTable {
    constants = Map.copyOf(constants);
  }
}
