package io.drex.job.quickstart;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** The report of two runs as plain text. */
final class ReportText {
  private static final int BAR_WIDTH = 40;

  private final StringBuilder text = new StringBuilder();

  private ReportText() {}

  /** Lays out the summaries, the runs side by side, and the exit depths of the first. */
  static String of(RunFigures rebatch, RunFigures fullDepth) {
    ReportText report = new ReportText();
    report.summaries(rebatch);
    report.table(rebatch, fullDepth);
    report.hardSlots(rebatch, fullDepth);
    report.histogram(rebatch);
    return report.text.toString();
  }

  private void summaries(RunFigures run) {
    line("Articles and their summaries (policy rebatch)");
    for (Summary summary : run.examples()) {
      line("");
      line("  [%s] %s", summary.topic(), summary.article());
      line("    => %s   (ROUGE-L %.3f)", summary.completion(), summary.rougeL());
    }
    line("");
  }

  private void table(RunFigures rebatch, RunFigures fullDepth) {
    Map<String, Function<RunFigures, String>> columns = new LinkedHashMap<>();
    columns.put("rows", run -> format("%,d", run.quality().rows()));
    columns.put("rows that failed", run -> format("%,d", run.failedRows()));
    columns.put(
        "ROUGE-L F1 against references, mean", run -> format("%.4f", run.quality().rougeL()));
    columns.put("exact match, % of rows", run -> percent(run.quality().exactMatch()));
    columns.put("generated tokens", run -> format("%,d", run.tokens()));
    columns.put("mean exit depth, layers", run -> format("%.2f", run.meanDepth()));
    columns.put("decode tokens/s", run -> rate(run.decodeTokensPerSecond()));
    row("", "rebatch", "full_depth");
    columns.forEach((name, value) -> row(name, value.apply(rebatch), value.apply(fullDepth)));
    line("");
  }

  private void hardSlots(RunFigures rebatch, RunFigures fullDepth) {
    line("Exact match, %% of rows, and ROUGE-L by what the summary needs beyond copying");
    Set<String> slots = new TreeSet<>(rebatch.qualityByHardSlot().keySet());
    slots.addAll(fullDepth.qualityByHardSlot().keySet());
    for (String slot : slots) {
      quality(
          slot.isEmpty() ? "nothing" : "  " + slot,
          rebatch.qualityByHardSlot().getOrDefault(slot, Quality.NONE),
          fullDepth.qualityByHardSlot().getOrDefault(slot, Quality.NONE));
      if (slot.isEmpty()) {
        quality("something", rebatch.hardQuality(), fullDepth.hardQuality());
      }
    }
    line("");
  }

  private void quality(String name, Quality rebatch, Quality fullDepth) {
    row(format("%-24s %,6d rows", name, rebatch.rows()), quality(rebatch), quality(fullDepth));
  }

  private static String quality(Quality quality) {
    return percent(quality.exactMatch()) + format(" %.3f", quality.rougeL());
  }

  private void histogram(RunFigures run) {
    line("Exit depths of rebatch: layers run per generated token");
    long tokens = run.tokens();
    run.tokensByDepth()
        .forEach(
            (depth, count) -> {
              double share = (double) count / tokens;
              String bar = "#".repeat((int) Math.ceil(share * BAR_WIDTH));
              line("  %3d  %-" + BAR_WIDTH + "s %5.1f %%  %,d", depth, bar, 100 * share, count);
            });
    line("");
  }

  private static String rate(OptionalDouble tokensPerSecond) {
    return tokensPerSecond.isPresent()
        ? format("%,.0f", tokensPerSecond.getAsDouble())
        : "not recorded";
  }

  private static String percent(double share) {
    return format("%.1f", 100 * share);
  }

  private void row(String name, String rebatch, String fullDepth) {
    line("%-38s %12s %12s", name, rebatch, fullDepth);
  }

  private void line(String format, Object... arguments) {
    text.append(format(format, arguments)).append('\n');
  }

  /** Formats alike on every machine, whatever its language. */
  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
