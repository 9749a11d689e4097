package io.drex.spark.storage;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.statistics.IOStatistics;
import org.apache.hadoop.fs.statistics.IOStatisticsSupport;
import org.apache.hadoop.fs.statistics.StoreStatisticNames;

/**
 * Calls that this process made again because a store failed, as its file system counts them.
 *
 * @param repeated after an error or a broken connection
 * @param throttled because the store asked for fewer calls
 */
public record StoreCalls(long repeated, long throttled) {

  /** What was counted so far for a path's file system; zeros where it counts nothing. */
  public static StoreCalls of(Path path, Configuration hadoop) throws IOException {
    FileSystem fs = path.getFileSystem(hadoop);
    IOStatistics statistics = IOStatisticsSupport.retrieveIOStatistics(fs);
    if (statistics == null) {
      return new StoreCalls(0, 0);
    }
    return new StoreCalls(
        statistics.counters().getOrDefault(StoreStatisticNames.STORE_IO_RETRY, 0L),
        statistics.counters().getOrDefault(StoreStatisticNames.STORE_IO_THROTTLED, 0L));
  }

  /** Whether any call was made again. */
  public boolean hasAny() {
    return repeated + throttled > 0;
  }
}
