package io.drex.job.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.job.cli.Invocation;
import io.drex.job.cli.Verb;
import io.drex.job.output.LockWatch;
import io.drex.job.output.OutputLayout;
import io.drex.job.output.Refusal;
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
import java.util.Optional;
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
            EXIT_CODE,
            "Ends with the last run's exit code; with 7 while it runs, with 8 if it died."));
  }

  @Override
  public ExitCode run(Invocation invocation) {
    String output = invocation.argument();
    if (output == null) {
      throw new JobException(ExitCode.USAGE, "status needs the output's folder; see --help");
    }
    Configuration hadoop = DriverSession.hadoop();
    OutputLayout layout = OutputLayout.of(output, hadoop);
    Optional<JsonNode> refusal = Refusal.last(layout, hadoop);
    Optional<JsonNode> status = JsonFile.read(layout.status(), hadoop);
    if (status.isEmpty() && refusal.isEmpty()) {
      throw new JobException(ExitCode.USAGE, "no run has written to " + layout.root() + " yet");
    }
    PrintStream out = invocation.console().out();
    ExitCode verdict = ExitCode.FAILURE;
    boolean lives = false;
    if (status.isPresent()) {
      JsonNode run = status.get();
      lives = isRunning(run) && LockWatch.isHeldBy(run.path("runId").asText(), layout, hadoop);
      // A run writes its verdict before it lets go of its lock.
      run = isRunning(run) && !lives ? JsonFile.read(layout.status(), hadoop).orElse(run) : run;
      verdict = verdict(run, lives);
      print(run, verdict, out);
      printProgress(run, out);
    }
    if (refusal.isPresent() && !lives) {
      verdict = verdict(refusal.get(), false);
      print(refusal.get(), verdict, out);
      printProgress(refusal.get(), out);
    }
    boolean complete = JsonFile.read(layout.manifest(), hadoop).isPresent();
    out.printf("table     %s%n", complete ? "complete (there is a manifest)" : "not complete");
    return invocation.own().contains(EXIT_CODE) ? verdict : ExitCode.OK;
  }

  private static boolean isRunning(JsonNode status) {
    return status.path("state").asText().equals(StatusFile.RUNNING);
  }

  private static void print(JsonNode run, ExitCode verdict, PrintStream out) {
    out.printf("run       %s%n", run.path("runId").asText());
    if (isRunning(run)) {
      Instant updated = Instant.parse(run.path("updatedAt").asText());
      long silent = Math.max(0, Duration.between(updated, Instant.now()).toSeconds());
      out.printf(
          verdict == ExitCode.LOST
              ? "state     lost: its process died while it was %s; last status %d s ago. The same"
                  + " command goes on%n"
              : "state     running: %s; last status %d s ago%n",
          run.path("phase").asText(),
          silent);
    } else {
      out.printf("state     %s, exit code %d%n", run.path("state").asText(), verdict.number());
    }
  }

  private static void printProgress(JsonNode run, PrintStream out) {
    JsonNode progress = run.path("progress");
    if (progress.isObject()) {
      out.printf(
          "progress  %d of %d rows, %d errors, %d tokens%n",
          progress.path("rowsDone").asLong(),
          progress.path("rowsTotal").asLong(),
          progress.path("errors").asLong(),
          progress.path("tokens").asLong());
    }
    run.path("message").asText().lines().forEach(line -> out.println("  " + line));
  }

  private static ExitCode verdict(JsonNode run, boolean lives) {
    if (isRunning(run)) {
      return lives ? ExitCode.RUNNING : ExitCode.LOST;
    }
    int number = run.path("exitCode").asInt(ExitCode.FAILURE.number());
    for (ExitCode code : ExitCode.values()) {
      if (code.number() == number) {
        return code;
      }
    }
    return ExitCode.FAILURE;
  }
}
