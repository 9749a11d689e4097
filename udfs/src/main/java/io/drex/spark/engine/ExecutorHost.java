package io.drex.spark.engine;

import io.drex.engine.Backends;
import io.drex.spark.conf.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import scala.Tuple2;

/**
 * The executor that an engine serves.
 *
 * @param executorId Spark's name for it
 * @param cores cores that Spark gives it, but no more than the machine has
 * @param gpus addresses of the GPUs that Spark gives it, or gives this task of it; empty where it
 *     was asked for none
 * @param hadoop how to reach file systems
 */
public record ExecutorHost(String executorId, int cores, List<String> gpus, Configuration hadoop) {
  /** The executor id that Spark uses in local mode. */
  private static final String DRIVER = "driver";

  /** Spark's usual name for them, in {@code spark.executor.resource.gpu.amount} and its kin. */
  private static final String GPU = "gpu";

  private static final String HADOOP_PREFIX = "spark.hadoop.";
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\d+|\\*)(?:\\s*,.*)?])?");

  public ExecutorHost {
    gpus = List.copyOf(gpus);
  }

  /** The executor that a task's thread runs in. */
  public static ExecutorHost of(TaskContext task) {
    SparkEnv env = SparkEnv.get();
    return of(env.executorId(), env.conf(), task.resourcesJMap());
  }

  /**
   * An executor of this id and configuration.
   *
   * @param resources that Spark gives it, by name
   */
  static ExecutorHost of(
      String executorId, SparkConf conf, Map<String, ResourceInformation> resources) {
    int machine = Runtime.getRuntime().availableProcessors();
    ResourceInformation gpu = resources.get(GPU);
    return new ExecutorHost(
        executorId,
        Math.min(cores(conf, machine), machine),
        gpu == null ? List.of() : List.of(gpu.addresses()),
        hadoop(conf));
  }

  /**
   * The device of a name on the GPU that Spark gives the executor, if it gives one.
   *
   * @throws ConfigException if it gives several: an executor has one engine, and that one GPU
   */
  String device(String name) {
    if (gpus.isEmpty()) {
      return name;
    }
    String device = Backends.at(name, gpus.get(0));
    if (gpus.size() > 1 && !device.equals(name)) {
      throw new ConfigException(
          "executor "
              + executorId
              + " was given the GPUs "
              + gpus
              + ", but has one engine, which runs on one; set spark.executor.resource.gpu.amount=1,"
              + " and start more executors");
    }
    return device;
  }

  /** Whether driver and executor are one JVM, which must never be ended from here. */
  public boolean isLocal() {
    return executorId.equals(DRIVER);
  }

  /**
   * Cores of an executor, by the settings or Spark's defaults.
   *
   * @param machine cores that it takes where it takes all there are
   */
  public static int cores(SparkConf conf, int machine) {
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
