package io.drex.job.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.config.Secrets;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code refused.json}: the last run on an output, if it was refused before it took the output. It
 * stands beside {@code status.json}, which is of the run before, and goes when a run begins or
 * ends.
 */
public final class Refusal {
  /** Its {@code state}. */
  public static final String REFUSED = "refused";

  private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);

  private Refusal() {}

  /** The refusal that no run has followed. */
  public static Optional<JsonNode> last(OutputLayout layout, Configuration hadoop) {
    return JsonFile.read(layout.refusal(), hadoop);
  }

  /**
   * Writes a refusal down where a run has begun before, so that a mistyped output gets no folder.
   * The verdict stands whether or not this can be done.
   */
  public static void record(
      JobException verdict, String runId, OutputLayout layout, Configuration hadoop) {
    ObjectNode document = JsonFile.mapper().createObjectNode();
    document.put("state", REFUSED).put("runId", runId);
    document.put("updatedAt", Instant.now().toString());
    document.put("exitCode", verdict.exitCode().number());
    document.put("message", Secrets.mask(String.valueOf(verdict.getMessage())));
    try {
      if (layout.drex().getFileSystem(hadoop).exists(layout.drex())) {
        JsonFile.replace(layout.refusal(), document, hadoop);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("The refusal could not be written to {}; the exit code holds.", layout.refusal(), e);
    }
  }

  /** A run begins or ends. */
  static void forget(OutputLayout layout, Configuration hadoop) {
    Path path = layout.refusal();
    try {
      path.getFileSystem(hadoop).delete(path, false);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + path, e);
    }
  }
}
