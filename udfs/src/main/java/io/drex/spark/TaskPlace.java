package io.drex.spark;

import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/**
 * Which task attempt this is, and where it runs.
 *
 * @param partition the shard
 * @param taskAttemptId unique in the Spark application
 * @param attempt Spark's number of the attempt at this shard, from 0
 * @param executorId Spark's name of the executor
 */
record TaskPlace(int partition, long taskAttemptId, int attempt, String executorId) {

  static TaskPlace of(TaskContext context) {
    return new TaskPlace(
        context.partitionId(),
        context.taskAttemptId(),
        context.attemptNumber(),
        SparkEnv.get().executorId());
  }

  TaskReport report(TaskReport.Counts counts, List<String> files) {
    return new TaskReport(partition, taskAttemptId, executorId, counts, files);
  }

  String name() {
    return "task " + taskAttemptId + " (shard " + partition + ", attempt " + attempt + ")";
  }
}
