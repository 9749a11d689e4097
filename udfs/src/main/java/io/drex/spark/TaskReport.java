package io.drex.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;

/**
 * What one task did; its rows are in its journal files.
 *
 * @param partition the shard
 * @param taskAttemptId unique in the Spark application
 * @param executorId Spark's name of the executor
 * @param files names of the journal files that the task published
 */
public record TaskReport(
    int partition, long taskAttemptId, String executorId, Counts counts, List<String> files)
    implements Serializable {

  /**
   * What the task counted.
   *
   * @param rows rows written, error rows included, also those that earlier attempts published
   * @param copies rows among them that were not run, but got the outcome of an equal prompt's row
   * @param errors error rows written
   * @param tokens tokens generated
   */
  public record Counts(long rows, long copies, long errors, long tokens) implements Serializable {}

  public TaskReport {
    files = List.copyOf(files);
  }

  /** How reports travel to the driver. */
  public static Encoder<TaskReport> encoder() {
    return Encoders.javaSerialization(TaskReport.class);
  }
}
