package io.drex.job.bench;

import io.drex.device.KvFill;
import io.drex.model.ConfidenceMetric;
import io.drex.policy.Presets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** T2: throughput against the confidence of what left early. */
final class Confidences {
  private static final List<Float> THRESHOLDS = List.of(.5f, .7f, .8f, .9f, .95f, .99f);
  private static final String REBATCH = Presets.REBATCH.text();
  private static final String SPEED = "decode throughput";

  private static final List<Column> COLUMNS =
      List.of(
          new Column(SPEED, "tok/s", Basis.MEASURED, 0),
          new Column("exit share", "%", Basis.MEASURED, 1),
          new Column("P90 confidence", "", Basis.MEASURED, 4),
          new Column("P95 confidence", "", Basis.MEASURED, 4),
          new Column("P99 confidence", "", Basis.MEASURED, 4),
          new Column("agreement with full depth", "%", Basis.MEASURED, 2),
          new Column("ROUGE-L", "", Basis.MEASURED, 2));

  private Confidences() {}

  /** The thresholds that all ramps of a model take, and its own. */
  static List<Variant> variants(MeasuredBench bench) {
    List<ConfidenceMetric> metrics =
        bench.model().spec().ramps().stream().map(ramp -> ramp.metric()).toList();
    return Stream.concat(
            THRESHOLDS.stream()
                .filter(threshold -> metrics.stream().allMatch(m -> m.isLegal(threshold)))
                .map(threshold -> new Variant(REBATCH, threshold, KvFill.MAP)),
            Stream.of(Variant.of(REBATCH)))
        .toList();
  }

  static Table table(MeasuredBench bench) {
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<Variant, List<EngineRun>> entry :
        bench.runs(variants(bench)).byVariant().entrySet()) {
      List<EngineRun> runs = entry.getValue();
      rows.add(
          new Row(
              bench.config(entry.getKey()),
              Repeats.of(runs, EngineRun::decodeTokensPerSecond),
              Repeats.of(runs, run -> 100 * run.exitShare()),
              confidence(runs, .9),
              confidence(runs, .95),
              confidence(runs, .99),
              bench.quality(runs, Quality.Figure.AGREEMENT),
              bench.quality(runs, Quality.Figure.ROUGE_L)));
    }
    return new Table(
        "T2",
        Table.Part.MEASURED,
        "throughput against the confidence of early tokens",
        "`rebatch` with one threshold at every ramp. P95 confidence is the confidence that 95 % of"
            + " the tokens which left at a ramp reach or exceed.",
        COLUMNS,
        rows,
        Optional.empty());
  }

  private static Repeats confidence(List<EngineRun> runs, double share) {
    boolean some = runs.stream().allMatch(run -> run.exitShare() > 0);
    return some ? Repeats.of(runs, run -> run.exitConfidence(share)) : Repeats.NONE;
  }
}
