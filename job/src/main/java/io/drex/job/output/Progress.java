package io.drex.job.output;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.storage.JsonFile;
import java.util.Locale;

/**
 * How far a run is. Retried tasks count their rows again, so this is for watching only.
 *
 * @param done rows finished by this run, error rows included
 * @param total rows that this run has to do
 * @param depthSum decoder layers run, summed over tokens
 * @param seconds since generation began
 */
public record Progress(
    long done, long total, long errors, long tokens, long depthSum, double seconds) {

  /** Mean layers run per generated token; 0 before the first. */
  public double meanDepth() {
    return tokens == 0 ? 0 : (double) depthSum / tokens;
  }

  /** Generated tokens per second since generation began. */
  public double tokensPerSecond() {
    return seconds <= 0 ? 0 : tokens / seconds;
  }

  /** Seconds left at the pace so far; -1 before the first row. */
  public long etaSeconds() {
    return done <= 0 ? -1 : Math.round(seconds * Math.max(0, total - done) / done);
  }

  /** One line for people. */
  public String line() {
    String eta = etaSeconds() < 0 ? "unknown" : etaSeconds() + " s";
    return String.format(
        Locale.ROOT,
        "rows %d of %d (%.0f %%), tokens %d, %.1f tokens/s, mean exit depth %.2f, errors %d, ETA %s",
        done,
        total,
        total == 0 ? 100.0 : 100.0 * Math.min(done, total) / total,
        tokens,
        tokensPerSecond(),
        meanDepth(),
        errors,
        eta);
  }

  ObjectNode json() {
    return JsonFile.mapper()
        .createObjectNode()
        .put("rowsDone", done)
        .put("rowsTotal", total)
        .put("errors", errors)
        .put("tokens", tokens)
        .put("tokensPerSecond", tokensPerSecond())
        .put("meanExitDepth", meanDepth())
        .put("etaSeconds", etaSeconds());
  }
}
