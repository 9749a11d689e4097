package io.drex.job.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.job.cli.Invocation;
import io.drex.job.cli.Verb;
import io.drex.job.output.LockWatch;
import io.drex.job.output.OutputLayout;
import io.drex.job.output.StatusFile;
import io.drex.job.run.DriverSession;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.conf.ConfigKey;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** {@code status}: progress or verdict of an output; needs no Spark. */
public final class StatusVerb implements Verb {
  private static final String EXIT_CODE = "--exit-code";

  @Override
  public String name() {
    return "status";
  }

  @Override
  public String summary() {
    return "Shows progress, or the verdict, of an output.";
  }

  @Override
  public List<ConfigKey<?>> keys() {
    return List.of();
  }

  @Override
  public String argument() {
    return "output";
  }

  @Override
  public List<OwnOption> ownOptions() {
    return List.of(
        new OwnOption(
            EXIT_CODE, "Ends with the run's exit code; with 1 if it has none (runs, or died)."));
  }

  @Override
  public ExitCode run(Invocation invocation) {
    String output = invocation.argument();
    if (output == null) {
      throw new JobException(ExitCode.USAGE, "status needs the output's folder; see --help");
    }
    Configuration hadoop = DriverSession.hadoop();
    OutputLayout layout = OutputLayout.of(output, hadoop);
    JsonNode status = read(layout, hadoop);
    boolean lost = false;
    if (isRunning(status)) {
      boolean held = LockWatch.isHeldBy(status.path("runId").asText(), layout, hadoop);
      status = read(layout, hadoop); // a run writes its verdict before it lets go of its lock
      lost = !held && isRunning(status);
    }
    print(status, lost, invocation.console().out());
    printTable(status, layout, hadoop, invocation.console().out());
    return invocation.own().contains(EXIT_CODE) ? verdict(status) : ExitCode.OK;
  }

  private static JsonNode read(OutputLayout layout, Configuration hadoop) {
    return JsonFile.read(layout.status(), hadoop)
        .orElseThrow(
            () ->
                new JobException(
                    ExitCode.USAGE, "no run has written to " + layout.root() + " yet"));
  }

  private static boolean isRunning(JsonNode status) {
    return status.path("state").asText().equals(StatusFile.RUNNING);
  }

  private static void print(JsonNode status, boolean lost, PrintStream out) {
    out.printf("run       %s%n", status.path("runId").asText());
    if (isRunning(status)) {
      Instant updated = Instant.parse(status.path("updatedAt").asText());
      long silent = Math.max(0, Duration.between(updated, Instant.now()).toSeconds());
      out.printf(
          lost
              ? "state     lost: its process died while it was %s; last status %d s ago. The same"
                  + " command goes on%n"
              : "state     running: %s; last status %d s ago%n",
          status.path("phase").asText(),
          silent);
    } else {
      out.printf(
          "state     %s, exit code %d%n",
          status.path("state").asText(), status.path("exitCode").asInt());
    }
  }

  private static void printTable(
      JsonNode status, OutputLayout layout, Configuration hadoop, PrintStream out) {
    boolean complete = JsonFile.read(layout.manifest(), hadoop).isPresent();
    out.printf("table     %s%n", complete ? "complete (there is a manifest)" : "not complete");
    JsonNode progress = status.path("progress");
    if (progress.isObject()) {
      out.printf(
          "progress  %d of %d rows, %d errors, %d tokens%n",
          progress.path("rowsDone").asLong(),
          progress.path("rowsTotal").asLong(),
          progress.path("errors").asLong(),
          progress.path("tokens").asLong());
    }
    status.path("message").asText().lines().forEach(line -> out.println("  " + line));
  }

  private static ExitCode verdict(JsonNode status) {
    int number = status.path("exitCode").asInt(ExitCode.FAILURE.number());
    for (ExitCode code : ExitCode.values()) {
      if (code.number() == number) {
        return code;
      }
    }
    return ExitCode.FAILURE;
  }
}
