package io.drex.job.run;

import io.drex.job.cli.Invocation;
import io.drex.job.cli.Verb;
import io.drex.job.config.Settings;
import io.drex.job.output.RunLock;
import io.drex.job.output.StatusFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;

/** {@code generate}: completes the prompt of every input row. */
public final class GenerateVerb implements Verb {
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
    return ConfigKeys.ALL;
  }

  @Override
  public List<OwnOption> ownOptions() {
    return List.of(
        new OwnOption(
            PRINT_CONFIG, "Shows the resulting configuration, secrets masked, and ends."));
  }

  @Override
  public ExitCode run(Invocation invocation) {
    Configuration hadoop = DriverSession.hadoop();
    DrexConfig config = invocation.settings().resolve(hadoop);
    PrintStream out = invocation.console().out();
    if (invocation.own().contains(PRINT_CONFIG)) {
      out.println(Settings.json(config).toPrettyString());
      return ExitCode.OK;
    }
    SparkConf conf = SparkEnv.get() == null ? new SparkConf() : SparkEnv.get().conf();
    Preflight preflight = Preflight.check(config, conf, hadoop);
    String runId = newRunId();
    try (RunLock lock = RunLock.take(preflight.layout(), runId, hadoop)) {
      KnownResults.refuseOthers(preflight.fingerprint(), preflight.layout(), hadoop);
      StatusFile status = new StatusFile(preflight.layout(), runId, hadoop);
      return generate(runId, preflight, status, out);
    }
  }

  private static ExitCode generate(
      String runId, Preflight preflight, StatusFile status, PrintStream out) {
    status.running("starting Spark");
    try (DriverSession session = DriverSession.open(preflight.config())) {
      GenerateRun.Outcome outcome =
          new GenerateRun(runId, preflight, session.spark(), status).run();
      outcome.summary().forEach(out::println);
      double most = preflight.config().value(ConfigKeys.MAX_ERROR_RATE);
      if (outcome.errorRate() > most) {
        throw new JobException(
            ExitCode.GATE_FAILED,
            "the share of error rows is "
                + outcome.errorRate()
                + ", above --max-error-rate "
                + most
                + "; the results are kept");
      }
      status.ended(ExitCode.OK, String.join("\n", outcome.summary()));
      return ExitCode.OK;
    } catch (JobException e) {
      status.ended(e.exitCode(), String.valueOf(e.getMessage()));
      throw e;
    } catch (Exception e) { // Spark throws checked exceptions that its methods do not declare
      JobException verdict = SparkFailure.translate(e);
      status.ended(verdict.exitCode(), String.valueOf(verdict.getMessage()));
      throw verdict;
    }
  }

  /** Sorts by time; unique without asking anybody. */
  private static String newRunId() {
    byte[] suffix = new byte[SUFFIX_BYTES];
    new SecureRandom().nextBytes(suffix);
    return SECOND.format(Instant.now()) + "-" + HexFormat.of().formatHex(suffix);
  }
}
