package io.drex.job.run;

import io.drex.job.config.Secrets;
import io.drex.spark.DrexPlugin;
import io.drex.spark.conf.DrexConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/** The Spark session of a run: the JVM's, or one that is created and stopped with it. */
public final class DriverSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DriverSession.class);
  private static final String PLUGIN = DrexPlugin.class.getName();
  private static final String PLUGINS = "spark.plugins";
  private static final String HADOOP = "spark.hadoop.";

  private final SparkSession spark;
  private final boolean own;

  private DriverSession(SparkSession spark, boolean own) {
    this.spark = spark;
    this.own = own;
  }

  /** Takes the running session, or starts one with the configuration's entries and the plugin. */
  public static DriverSession open(DrexConfig config) {
    return open(withPlugin(own(config, "drex generate")));
  }

  /**
   * The same for a verb that only reads tables with it: executors open no engine, and without a
   * master in the configuration it runs in this process.
   */
  public static DriverSession openForReading(DrexConfig config, String name) {
    return open(withoutPlugin(own(config, name)));
  }

  private static DriverSession open(SparkConf ownConf) {
    boolean own = SparkEnv.get() == null;
    SparkConf conf = own ? ownConf : SparkEnv.get().conf();
    if (conf.getBoolean("spark.speculation", false)) {
      LOG.warn(
          "spark.speculation is on: copies of slow tasks double the device's work and change no"
              + " result; set it to false.");
    }
    SparkSession.Builder builder = SparkSession.builder();
    return new DriverSession((own ? builder.config(conf) : builder).getOrCreate(), own);
  }

  /** Hadoop's configuration as the session has it, or will have it. */
  public static Configuration hadoop() {
    if (SparkEnv.get() != null) {
      return SparkSession.builder().getOrCreate().sparkContext().hadoopConfiguration();
    }
    Configuration hadoop = new Configuration();
    for (Tuple2<String, String> entry : new SparkConf().getAll()) {
      if (entry._1().startsWith(HADOOP)) {
        hadoop.set(entry._1().substring(HADOOP.length()), entry._2());
      }
    }
    return hadoop;
  }

  /** The session. */
  public SparkSession spark() {
    return spark;
  }

  @Override
  public void close() {
    if (own) {
      spark.stop();
    }
  }

  private static SparkConf own(DrexConfig config, String name) {
    SparkConf conf = new SparkConf();
    config.entries().forEach(conf::set);
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.app.name", name);
    // Without it the first executor that registers takes most of the tasks.
    conf.setIfMissing("spark.scheduler.minRegisteredResourcesRatio", "1.0");
    // A row that kills executors may take three attempts of its shard to be found, two such rows
    // four; Spark's default is four.
    conf.setIfMissing("spark.task.maxFailures", "8");
    // Of UI and event log.
    conf.setIfMissing("spark.redaction.regex", Secrets.REDACTION);
    return conf;
  }

  private static SparkConf withPlugin(SparkConf conf) {
    List<String> plugins = otherPlugins(conf);
    plugins.add(PLUGIN);
    return conf.set(PLUGINS, String.join(",", plugins));
  }

  private static SparkConf withoutPlugin(SparkConf conf) {
    return conf.set(PLUGINS, String.join(",", otherPlugins(conf)));
  }

  /** A new list of the plugins that are not ours. */
  private static List<String> otherPlugins(SparkConf conf) {
    return new ArrayList<>(
        Arrays.stream(conf.get(PLUGINS, "").split(",", -1))
            .map(String::strip)
            .filter(name -> !name.isEmpty() && !name.equals(PLUGIN))
            .toList());
  }
}
