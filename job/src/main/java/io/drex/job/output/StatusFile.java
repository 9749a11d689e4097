package io.drex.job.output;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.config.Secrets;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import java.time.Instant;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * {@code status.json}: what a run is doing, and in the end its verdict. Used by the run's thread
 * and its progress thread.
 */
public final class StatusFile {
  /** {@code state} while a run works; it has no {@code exitCode} then. */
  public static final String RUNNING = "running";

  private final OutputLayout layout;
  private final Configuration hadoop;
  private final String runId;
  private final String startedAt = Instant.now().toString();
  private final boolean foundRunning;
  private @Nullable Progress progress;
  private boolean silent;

  private StatusFile(
      OutputLayout layout, String runId, Configuration hadoop, boolean foundRunning) {
    this.layout = layout;
    this.hadoop = hadoop;
    this.runId = runId;
    this.foundRunning = foundRunning;
  }

  /** The file of an output whose lock this run holds. */
  public static StatusFile open(OutputLayout layout, String runId, Configuration hadoop) {
    boolean foundRunning =
        JsonFile.read(layout.status(), hadoop)
            .filter(before -> before.path("state").asText().equals(RUNNING))
            .isPresent();
    Refusal.forget(layout, hadoop);
    return new StatusFile(layout, runId, hadoop, foundRunning);
  }

  /** Whether the run before ended without a verdict: its process died. */
  public boolean foundRunning() {
    return foundRunning;
  }

  /** The run works; {@code phase} says on what. */
  public synchronized void running(String phase) {
    write(document(RUNNING).put("phase", phase));
  }

  /** The run generates. */
  public synchronized void generating(Progress latest) {
    progress = latest;
    write(document(RUNNING).put("phase", "generating"));
  }

  /** Writes nothing from now on, because the output is another run's. */
  public synchronized void silence() {
    silent = true;
  }

  /** The run has ended. */
  public synchronized void ended(ExitCode code, String message) {
    ObjectNode document = document(endState(code));
    write(document.put("exitCode", code.number()).put("message", Secrets.mask(message)));
    if (!silent) {
      Refusal.forget(layout, hadoop); // of a run that came while this one worked
    }
  }

  private static String endState(ExitCode code) {
    if (code == ExitCode.OK) {
      return "finished";
    }
    return code == ExitCode.STOPPED ? "stopped" : "failed";
  }

  private ObjectNode document(String state) {
    ObjectNode document = JsonFile.mapper().createObjectNode();
    document.put("state", state).put("runId", runId).put("startedAt", startedAt);
    document.put("updatedAt", Instant.now().toString());
    if (progress != null) {
      document.set("progress", progress.json());
    }
    return document;
  }

  private void write(ObjectNode document) {
    if (!silent) {
      JsonFile.replace(layout.status(), document, hadoop);
    }
  }
}
