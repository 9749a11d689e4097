package io.drex.job.bench;

import io.drex.policy.Presets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** T1, measured: every policy's speed and quality. */
final class MeasuredPolicies {
  private static final Variant FULL_DEPTH = Variant.of(Presets.FULL_DEPTH.text());
  private static final Variant REBATCH = Variant.of(Presets.REBATCH.text());

  private static final List<Column> COLUMNS =
      List.of(
          new Column("decode throughput", "tok/s", Basis.MEASURED, 0),
          new Column("gain over full_depth", "%", Basis.MEASURED, 1),
          new Column("gain over the best baseline that forces nothing", "%", Basis.MEASURED, 1),
          new Column("end to end", "tok/s", Basis.MEASURED, 0),
          new Column("agreement with full depth", "%", Basis.MEASURED, 2),
          new Column("exact match", "%", Basis.MEASURED, 1),
          new Column("ROUGE-L", "", Basis.MEASURED, 2));

  private MeasuredPolicies() {}

  /** All policies, for the tables of policies. */
  static List<Variant> variants() {
    return Arrays.stream(Presets.values()).map(preset -> Variant.of(preset.text())).toList();
  }

  static Table table(MeasuredBench bench) {
    Runs<Variant, EngineRun> runs = bench.runs(variants());
    Repeats fullDepth = speed(runs.of(FULL_DEPTH));
    List<Row> rows = new ArrayList<>();
    runs.forEach(
        (variant, own) ->
            rows.add(
                new Row(
                    bench.config(variant),
                    speed(own),
                    speed(own).gainOver(fullDepth),
                    speed(own)
                        .gainOver(
                            runs.best(
                                variant,
                                REBATCH,
                                MeasuredPolicies::forcesNothing,
                                EngineRun::decodeTokensPerSecond)),
                    Repeats.of(own, EngineRun::tokensPerSecond),
                    bench.quality(own, Quality.Figure.AGREEMENT),
                    bench.quality(own, Quality.Figure.EXACT_MATCH),
                    bench.quality(own, Quality.Figure.ROUGE_L))));
    return new Table(
        "T1",
        Table.Part.MEASURED,
        "policies: speed and quality",
        "Articles of the bundled corpus that the model has not met, summarized by the real engine"
            + " in this process. Decode throughput counts the device's time that decoding took;"
            + " end to end has prompts and waiting in it. The best baseline that forces nothing is"
            + " the fastest other policy, `rebatch` aside, without an involuntary exit. Runs of"
            + " the policies take turns.",
        COLUMNS,
        rows,
        Optional.empty());
  }

  private static boolean forcesNothing(EngineRun run) {
    return run.involuntaryExits() == 0;
  }

  private static Repeats speed(List<EngineRun> runs) {
    return Repeats.of(runs, EngineRun::decodeTokensPerSecond);
  }
}
