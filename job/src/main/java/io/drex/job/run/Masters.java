package io.drex.job.run;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import org.apache.spark.SparkConf;

/** What Spark's settings say of where the engines run. */
final class Masters {
  private static final String GPUS = "spark.executor.resource.gpu.amount";

  private Masters() {}

  /** Whether driver and executor are one JVM. */
  static boolean isLocal(SparkConf conf) {
    String master = conf.get("spark.master", "local[*]");
    return master.equals("local") || master.startsWith("local[");
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
