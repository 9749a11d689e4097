package io.drex.job.output;

import io.drex.engine.EngineSnapshot;
import io.drex.spark.journal.EngineReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeSet;

/** The lines that a run ends with. */
public final class Summary {
  private Summary() {}

  /**
   * Ten lines, and one before them if the run is synthetic.
   *
   * @param exitDepths depth of each place in the exit figures
   */
  public static List<String> lines(
      OutputLayout layout, RunFigures run, List<Integer> exitDepths, RunLabels labels) {
    List<String> lines = new ArrayList<>();
    if (labels.isSynthetic()) {
      lines.add(
          "synthetic   confidences and output lengths are not the model's own; no figure of quality"
              + " means anything");
    }
    lines.addAll(lines(layout, run, exitDepths));
    return lines;
  }

  private static List<String> lines(OutputLayout layout, RunFigures run, List<Integer> exitDepths) {
    TableFigures table = run.table();
    return List.of(
        format(
            "rows        %d in the table; %d of %d asked for were computed by this run%s",
            table.rows(), run.rows().computed(), run.rows().asked(), copied(run.rows())),
        "errors      " + counts(table.errors()) + "; to be tried again: " + counts(run.retryable()),
        "finish      " + counts(table.finishReasons()),
        format(
            "tokens      %d prompt, %d completion", table.promptTokens(), table.completionTokens()),
        format(
            "speed       %.1f decode tokens/s, %.1f end to end; generating took %.1f s, all %.1f s",
            run.decodeTokensPerSecond(),
            run.generating().tokensPerSecond(),
            run.generating().seconds(),
            run.totalSeconds()),
        "exits       " + exits(table, exitDepths),
        format(
            "depth       %.2f mean; involuntary exits %d, involuntary stays %d",
            table.meanDepth(), table.involuntaryExits(), table.involuntaryStays()),
        format(
            "steps       %d, of which %d mixed rows of several tasks",
            run.steps(), run.mixedSteps()),
        "engines     " + engines(run),
        "output      " + layout.data() + ", report " + layout.report());
  }

  private static String copied(RunFigures.Rows rows) {
    return rows.copied() == 0 ? "" : format(", %d of them once with equal prompts", rows.copied());
  }

  /** Each reading is one opening of a model: as many as executors if each loaded it once. */
  private static String engines(RunFigures run) {
    if (run.engines().isEmpty()) {
      return "none was needed";
    }
    Set<String> executors = new TreeSet<>();
    StringJoiner loads = new StringJoiner("; ");
    for (EngineReading reading : run.engines()) {
      EngineSnapshot counters = reading.snapshot();
      executors.add(reading.executorId());
      loads.add(
          format(
              "executor %s in %d ms, KV peak %d of %d bytes%s",
              reading.executorId(),
              reading.modelLoadMillis(),
              counters.kvBytesHeldPeak(),
              counters.kvBytesPlainPeak(),
              forecast(counters.exitGain())));
    }
    return format(
        "%d model loads on %d executors: %s", run.engines().size(), executors.size(), loads);
  }

  private static String forecast(double exitGain) {
    if (exitGain == 0) {
      return "";
    }
    String advice = exitGain < 1 ? "; exits lose here, full_depth would be faster" : "";
    return format(", exits forecast at %.2f times full_depth%s", exitGain, advice);
  }

  private static String exits(TableFigures table, List<Integer> depths) {
    long all = table.exits().stream().mapToLong(Long::longValue).sum();
    List<String> places = new ArrayList<>();
    for (int i = 0; i < table.exits().size(); i++) {
      places.add(
          format(
              "depth %d: %.1f %%",
              depths.get(i), all == 0 ? 0.0 : 100.0 * table.exits().get(i) / all));
    }
    return places.isEmpty() ? "none" : String.join(", ", places);
  }

  private static String counts(SortedMap<String, Long> counts) {
    List<String> parts = new ArrayList<>();
    counts.forEach((name, rows) -> parts.add(name + " " + rows));
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
