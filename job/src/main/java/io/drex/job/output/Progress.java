package io.drex.job.output;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.storage.JsonFile;
import java.util.Locale;

/**
 * How far a run is. Retried tasks count their rows again, so this is for watching only.
 *
 * @param seconds since generation began
 */
public record Progress(Done done, Work work, double seconds) {

  /**
   * What the run has done.
   *
   * @param rows finished, error rows included
   * @param promptTokens tokens of the finished rows' prompts
   * @param tokens generated
   * @param depthSum decoder layers run, summed over generated tokens
   */
  public record Done(long rows, long errors, long promptTokens, long tokens, long depthSum) {}

  /**
   * What it has to do.
   *
   * @param promptTokens expected, by the sample that shards were planned with
   */
  public record Work(long rows, long promptTokens) {}

  /** Mean layers run per generated token; 0 before the first. */
  public double meanDepth() {
    return done.tokens == 0 ? 0 : (double) done.depthSum / done.tokens;
  }

  /** Generated tokens per second since generation began. */
  public double tokensPerSecond() {
    return seconds <= 0 ? 0 : done.tokens / seconds;
  }

  /**
   * Seconds left for the tokens that are left, at the pace so far; -1 before the first row. Shards
   * begin with their longest rows, so that counting rows would expect too much. Rows that are left
   * are taken to generate as many tokens as those before.
   */
  public long etaSeconds() {
    if (done.rows <= 0) {
      return -1;
    }
    double rowsLeft = Math.max(0, work.rows - done.rows);
    double all = done.promptTokens + done.tokens;
    if (all <= 0) { // errors only
      return Math.round(seconds * rowsLeft / done.rows);
    }
    double promptLeft = rowsLeft == 0 ? 0 : Math.max(0, work.promptTokens - done.promptTokens);
    double left = promptLeft + rowsLeft * done.tokens / done.rows;
    return Math.round(seconds * left / all);
  }

  /** One line for people. */
  public String line() {
    String eta = etaSeconds() < 0 ? "unknown" : etaSeconds() + " s";
    return String.format(
        Locale.ROOT,
        "rows %d of %d (%.0f %%), tokens %d, %.1f tokens/s, mean exit depth %.2f, errors %d, ETA %s",
        done.rows,
        work.rows,
        work.rows == 0 ? 100.0 : 100.0 * Math.min(done.rows, work.rows) / work.rows,
        done.tokens,
        tokensPerSecond(),
        meanDepth(),
        done.errors,
        eta);
  }

  ObjectNode json() {
    return JsonFile.mapper()
        .createObjectNode()
        .put("rowsDone", done.rows)
        .put("rowsTotal", work.rows)
        .put("errors", done.errors)
        .put("promptTokens", done.promptTokens)
        .put("tokens", done.tokens)
        .put("tokensPerSecond", tokensPerSecond())
        .put("meanExitDepth", meanDepth())
        .put("etaSeconds", etaSeconds());
  }
}
