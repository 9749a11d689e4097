package io.drex.job.run;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import org.apache.spark.SparkConf;

/** What Spark's settings say of where the engines run. */
final class Masters {
  /** What an executor may take beside its heap. */
  static final String OVERHEAD = "spark.executor.memoryOverhead";

  private static final String GPUS = "spark.executor.resource.gpu.amount";

  private Masters() {}

  /** Whether driver and executor are one JVM. */
  static boolean isLocal(SparkConf conf) {
    String master = conf.get("spark.master", "local[*]");
    return master.equals("local") || master.startsWith("local[");
  }

  /** Whether the cluster manager ends a process that takes more memory than it was given. */
  static boolean limitsProcesses(SparkConf conf) {
    String master = conf.get("spark.master", "");
    return master.equals("yarn") || master.startsWith("k8s://");
  }

  /**
   * What an executor may take beside its heap, by the settings or Spark's defaults.
   *
   * @param heap bytes of it
   */
  static long overheadBytes(SparkConf conf, long heap) {
    long least = conf.getSizeAsMb("spark.executor.minMemoryOverhead", "384m") << 20;
    double share = conf.getDouble("spark.executor.memoryOverheadFactor", 0.1);
    return conf.contains(OVERHEAD)
        ? conf.getSizeAsMb(OVERHEAD) << 20
        : Math.max(least, (long) (share * heap));
  }

  /**
   * Refuses executors that are to have several GPUs, as each has one engine.
   *
   * @throws JobException USAGE with the setting
   */
  static void requireOneGpu(SparkConf conf) {
    int gpus = conf.getInt(GPUS, 0);
    if (gpus > 1) {
      throw new JobException(
          ExitCode.USAGE,
          GPUS
              + " is "
              + gpus
              + ", but an executor has one engine, which runs on one GPU; set it to 1, and start more"
              + " executors");
    }
  }
}
