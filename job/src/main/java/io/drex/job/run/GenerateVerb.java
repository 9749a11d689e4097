package io.drex.job.run;

import io.drex.job.cli.Invocation;
import io.drex.job.cli.Verb;
import io.drex.job.config.Settings;
import io.drex.job.output.FormerResults;
import io.drex.job.output.OutputLayout;
import io.drex.job.output.OutputMode;
import io.drex.job.output.Refusal;
import io.drex.job.output.RunLock;
import io.drex.job.output.StatusFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.ImplementationTask;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.storage.StoreCalls;
import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code generate}: completes the prompt of every input row. */
public final class GenerateVerb implements Verb {
  private static final Logger LOG = LoggerFactory.getLogger(GenerateVerb.class);
  private static final String PRINT_CONFIG = "--print-config";
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final int SUFFIX_BYTES = 3;

  @Override
  public String name() {
    return "generate";
  }

  @Override
  public String summary() {
    return "Completes the prompt of every input row; writes Parquet with exit statistics.";
  }

  @Override
  public List<ConfigKey<?>> keys() {
    return ConfigKeys.ALL.stream().filter(key -> !key.group().equals("calibrate")).toList();
  }

  @Override
  public List<OwnOption> ownOptions() {
    return List.of(
        new OwnOption(
            PRINT_CONFIG, "Shows the resulting configuration, secrets masked, and ends."));
  }

  @Override
  public ExitCode run(Invocation invocation) {
    Instant start = Instant.now();
    Configuration hadoop = DriverSession.hadoop();
    DrexConfig config = invocation.settings().resolve(hadoop);
    PrintStream out = invocation.console().out();
    if (invocation.own().contains(PRINT_CONFIG)) {
      out.println(Settings.json(config).toPrettyString());
      return ExitCode.OK;
    }
    SparkConf conf = SparkEnv.get() == null ? new SparkConf() : SparkEnv.get().conf();
    String runId = newRunId();
    OutputLayout output = OutputLayout.of(config.value(ConfigKeys.OUTPUT), hadoop);
    Refusing refusing = verdict -> Refusal.record(verdict, runId, output, hadoop);
    Optional<Instant> deadline = refusing.unless(() -> deadline(config, start));
    Preflight preflight = refusing.unless(() -> Preflight.check(config, conf, hadoop));
    try (RunLock lock = RunLock.take(preflight.layout(), runId, hadoop)) {
      refusing.unless(() -> requireMode(preflight, conf, hadoop));
      StatusFile status = StatusFile.open(preflight.layout(), runId, hadoop);
      try (StopSources stop = StopSources.listen(new RunStop(hadoop), deadline)) {
        return generate(lock, preflight, status, stop.run(), out);
      }
    }
  }

  /** What becomes of a run's refusal before it has taken its output. */
  private interface Refusing {
    void record(JobException verdict);

    /** Makes a check. */
    default <T> T unless(Supplier<T> check) {
      try {
        return check.get();
      } catch (JobException e) {
        record(e);
        throw e;
      }
    }
  }

  /** The mode in which the run begins; checked again, as another run may have ended since. */
  private static OutputMode requireMode(Preflight preflight, SparkConf conf, Configuration hadoop) {
    OutputMode mode = OutputMode.of(preflight.config());
    new FormerResults(preflight.layout(), hadoop).require(mode);
    if (!preflight.asksExecutors(conf)) {
      requireLikeKnown(preflight, hadoop);
    }
    return mode;
  }

  /** Results that stay must have been made with what this run's will be made with. */
  private static void requireLikeKnown(Preflight preflight, Configuration hadoop) {
    FormerResults former = new FormerResults(preflight.layout(), hadoop);
    if (!former.areToGo(OutputMode.of(preflight.config()))) {
      KnownResults.refuseOthers(preflight.fingerprint(), preflight.layout(), hadoop);
    }
  }

  /** A preflight that knows what the engines compute with. */
  private static Preflight settled(Preflight preflight, SparkSession spark, StatusFile status) {
    if (!preflight.asksExecutors(spark.sparkContext().conf())) {
      return preflight;
    }
    status.running("asking an executor for its device");
    Preflight settled = preflight.on(ImplementationTask.ask(spark, preflight.config()));
    requireLikeKnown(settled, spark.sparkContext().hadoopConfiguration());
    return settled;
  }

  private static Optional<Instant> deadline(DrexConfig config, Instant start) {
    Optional<Instant> deadline =
        config.optional(ConfigKeys.DEADLINE).map(option -> option.of(start));
    if (deadline.isPresent() && !deadline.get().isAfter(start)) {
      throw new JobException(
          ExitCode.USAGE, "the moment of --deadline, " + deadline.get() + ", has passed");
    }
    return deadline;
  }

  private static ExitCode generate(
      RunLock lock, Preflight preflight, StatusFile status, RunStop stop, PrintStream out) {
    status.running("starting Spark");
    GenerateRun.Outcome outcome;
    try (DriverSession session = DriverSession.open(preflight.config())) {
      Preflight settled = settled(preflight, session.spark(), status);
      outcome = new GenerateRun(lock, settled, session.spark(), status, stop).run();
      outcome.summary().forEach(out::println);
      requireGate(outcome, preflight.config().value(ConfigKeys.MAX_ERROR_RATE));
    } catch (Exception e) { // Spark throws checked exceptions that its methods do not declare
      throw lock.isLost()
          ? lock.taken()
          : told(SparkFailure.translate(e, preflight.layout()), status);
    } finally {
      tellOfRepeatedCalls(preflight.layout().root());
    }
    status.ended(ExitCode.OK, String.join("\n", outcome.summary()));
    return ExitCode.OK;
  }

  /** Executors in other processes count their own. */
  private static void tellOfRepeatedCalls(Path output) {
    try {
      StoreCalls calls = StoreCalls.of(output, DriverSession.hadoop());
      if (calls.hasAny()) {
        LOG.info(
            "Calls to the store of {} that this process made again: {} after errors, {} throttled.",
            output,
            calls.repeated(),
            calls.throttled());
      }
    } catch (IOException e) {
      LOG.debug("{} does not tell what it counted", output, e);
    }
  }

  private static void requireGate(GenerateRun.Outcome outcome, double maxErrorRate) {
    if (outcome.errorRate() > maxErrorRate) {
      throw new JobException(
          ExitCode.GATE_FAILED,
          "the share of error rows is "
              + outcome.errorRate()
              + ", above --max-error-rate "
              + maxErrorRate
              + "; the results are kept");
    }
  }

  /** The verdict stands whether or not it can be written down. */
  static JobException told(JobException verdict, StatusFile status) {
    try {
      status.ended(verdict.exitCode(), String.valueOf(verdict.getMessage()));
    } catch (RuntimeException e) {
      LOG.warn("The verdict could not be written to the status file; the exit code holds.", e);
    }
    return verdict;
  }

  /** Sorts by time; unique without asking anybody. */
  private static String newRunId() {
    byte[] suffix = new byte[SUFFIX_BYTES];
    new SecureRandom().nextBytes(suffix);
    return SECOND.format(Instant.now()) + "-" + HexFormat.of().formatHex(suffix);
  }
}
