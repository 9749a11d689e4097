package io.drex.job.run;

import io.drex.job.output.Pace;
import io.drex.job.output.Progress;
import io.drex.job.output.StatusFile;
import io.drex.job.shard.Shards;
import io.drex.job.shard.Waves;
import io.drex.spark.GenerateSpec;
import io.drex.spark.GenerateTask;
import io.drex.spark.StopRequest;
import io.drex.spark.TaskReport;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.ExecutorHost;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one action that generates; its results are journal files. */
final class Generation {
  private static final Logger LOG = LoggerFactory.getLogger(Generation.class);

  /** More shards than cores, so that a slow one does not end alone, and a lost one costs little. */
  private static final int SHARDS_PER_CORE = 4;

  private final SparkSession spark;
  private final DrexConfig config;
  private final StatusFile status;
  private final RunStop stop;

  Generation(SparkSession spark, DrexConfig config, StatusFile status, RunStop stop) {
    this.spark = spark;
    this.config = config;
    this.status = status;
    this.stop = stop;
  }

  /**
   * What generating came to.
   *
   * @param rows that are in the journal now, error rows included
   * @param copies rows among them that took the result of an equal prompt's row
   * @param tokens generated, but for those of attempts that failed
   * @param seconds it took
   * @param speeds generated tokens per second over that time
   */
  record Generated(long rows, long copies, long tokens, double seconds, List<Pace.Reading> speeds) {
    /** Nothing was to do. */
    static final Generated NOTHING = new Generated(0, 0, 0, 0, List.of());

    Generated {
      speeds = List.copyOf(speeds);
    }
  }

  /**
   * Generates all rows, or those that are finished when the run is stopped.
   *
   * <p>What Spark throws comes out as it is; the journal stays.
   */
  Generated run(GenerateSpec spec, Dataset<Row> pending, Shards shards) {
    long start = System.nanoTime();
    SparkContext context = spark.sparkContext();
    double maxErrorRate = config.value(ConfigKeys.MAX_ERROR_RATE);
    stop.tasksLookAt(StopRequest.file(spec));
    LOG.info("Generating: {}", shards.line());
    try (ProgressWatch watch =
        ProgressWatch.open(
            context,
            status,
            new Progress.Work(shards.rows(), shards.promptTokens()),
            maxErrorRate,
            stop)) {
      List<TaskReport> reports = generate(spec, shards.spread(pending), watch);
      LOG.info("{} shards are done: {}", reports.size(), watch.progress().line());
      status.generating(watch.progress());
      long done = 0;
      long copies = 0;
      long tokens = 0;
      for (TaskReport report : reports) {
        done += report.counts().rows();
        copies += report.counts().copies();
        tokens += report.counts().tokens();
      }
      return new Generated(done, copies, tokens, (System.nanoTime() - start) / 1e9, watch.speeds());
    }
  }

  private List<TaskReport> generate(GenerateSpec spec, Dataset<Row> sharded, ProgressWatch watch) {
    return sharded
        .mapPartitions(new GenerateTask(spec, watch.counters()), TaskReport.encoder())
        .collectAsList();
  }

  /** The most shards that a run is cut into, and how they lie in time. */
  Waves waves() {
    SparkContext context = spark.sparkContext();
    return waves(
        context.getConf(), context.defaultParallelism(), config.value(ConfigKeys.PARTITIONS));
  }

  /**
   * @param cores of all executors
   * @param asked shards; 0 leaves the choice
   */
  static Waves waves(SparkConf conf, int cores, int asked) {
    int shards = asked == 0 ? SHARDS_PER_CORE * cores : asked;
    int taskCores = conf.getInt("spark.task.cpus", 1);
    return ExecutorHost.cores(conf, cores) < 2 * taskCores
        ? Waves.ofTasksAlone(shards)
        : new Waves(shards, Math.max(1, cores / taskCores));
  }
}
