package io.drex.spark.engine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import scala.Tuple2;

/**
 * The executor that an engine serves.
 *
 * @param executorId Spark's name for it
 * @param cores cores that Spark gives it, but no more than the machine has
 * @param hadoop how to reach file systems
 */
public record ExecutorHost(String executorId, int cores, Configuration hadoop) {
  /** The executor id that Spark uses in local mode. */
  private static final String DRIVER = "driver";

  private static final String HADOOP_PREFIX = "spark.hadoop.";
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\d+|\\*)(?:\\s*,.*)?])?");

  /** The executor that this thread runs in. */
  public static ExecutorHost current() {
    SparkEnv env = SparkEnv.get();
    return of(env.executorId(), env.conf());
  }

  /** An executor of this id and configuration. */
  public static ExecutorHost of(String executorId, SparkConf conf) {
    int machine = Runtime.getRuntime().availableProcessors();
    return new ExecutorHost(executorId, Math.min(cores(conf, machine), machine), hadoop(conf));
  }

  /** Whether driver and executor are one JVM, which must never be ended from here. */
  public boolean isLocal() {
    return executorId.equals(DRIVER);
  }

  static int cores(SparkConf conf, int machine) {
    String master = conf.get("spark.master", "");
    Matcher local = LOCAL.matcher(master);
    if (!local.matches()) {
      return conf.getInt("spark.executor.cores", isShared(master) ? 1 : machine);
    }
    String count = local.group(1);
    if (count == null) {
      return 1;
    }
    return count.equals("*") ? machine : Integer.parseInt(count);
  }

  /** Whether Spark gives an executor one core where nothing is set, not all of a machine. */
  private static boolean isShared(String master) {
    return master.equals("yarn") || master.startsWith("k8s://");
  }

  /** Hadoop's own configuration files, changed by the {@code spark.hadoop.*} entries. */
  static Configuration hadoop(SparkConf conf) {
    Configuration hadoop = new Configuration();
    for (Tuple2<String, String> entry : conf.getAllWithPrefix(HADOOP_PREFIX)) {
      hadoop.set(entry._1(), entry._2());
    }
    return hadoop;
  }
}
