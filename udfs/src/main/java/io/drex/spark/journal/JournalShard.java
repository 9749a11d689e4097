package io.drex.spark.journal;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * One task attempt's place in the journal.
 *
 * @param hadoop how to reach the folder
 * @param runFolder see {@link JournalFiles#runFolder}
 * @param partition the shard
 * @param taskAttemptId unique in the Spark application
 */
public record JournalShard(
    Configuration hadoop, Path runFolder, int partition, long taskAttemptId) {

  String fileName(int ordinal) {
    return JournalFiles.name(partition, taskAttemptId, ordinal);
  }

  Path published(String fileName) {
    return new Path(runFolder, fileName);
  }
}
