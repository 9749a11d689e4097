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
 * @param rows rows written, error rows included
 * @param errors error rows written
 * @param tokens tokens generated
 * @param files names of the journal files that the task published
 */
public record TaskReport(
    int partition,
    long taskAttemptId,
    String executorId,
    long rows,
    long errors,
    long tokens,
    List<String> files)
    implements Serializable {

  public TaskReport {
    files = List.copyOf(files);
  }

  /** How reports travel to the driver. */
  public static Encoder<TaskReport> encoder() {
    return Encoders.javaSerialization(TaskReport.class);
  }
}
