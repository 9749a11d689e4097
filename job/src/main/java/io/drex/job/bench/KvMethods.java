package io.drex.job.bench;

import io.drex.device.KvFill;
import io.drex.engine.SamplingParams;
import io.drex.policy.Presets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** T8: the ways in which layers that an exited token skipped get their K and V. */
final class KvMethods {
  private static final Variant FULL_DEPTH = Variant.of(Presets.FULL_DEPTH.text());
  private static final double MIB = 1 << 20;

  private static final List<Column> COLUMNS =
      List.of(
          new Column("decode throughput", "tok/s", Basis.MEASURED, 0),
          new Column("gain over full_depth", "%", Basis.MEASURED, 1),
          new Column("exit share", "%", Basis.MEASURED, 1),
          new Column("involuntary stays per 100 tokens", "", Basis.MEASURED, 2),
          new Column("KV in use at its peak", "MiB", Basis.MEASURED, 2),
          new Column("agreement with full depth", "%", Basis.MEASURED, 2),
          new Column("exact match", "%", Basis.MEASURED, 1),
          new Column("ROUGE-L", "", Basis.MEASURED, 2));

  private KvMethods() {}

  static Table table(MeasuredBench bench) {
    List<Variant> methods =
        Arrays.stream(KvFill.values())
            .map(fill -> new Variant(Presets.REBATCH.text(), SamplingParams.RAMPS_OWN, fill))
            .toList();
    Runs<Variant, EngineRun> all =
        bench.runs(Stream.concat(Stream.of(FULL_DEPTH), methods.stream()).toList());
    Repeats fullDepth = all.figure(FULL_DEPTH, EngineRun::decodeTokensPerSecond);
    List<Row> rows = new ArrayList<>();
    all.forEach(
        (variant, runs) -> {
          Repeats speed = Repeats.of(runs, EngineRun::decodeTokensPerSecond);
          rows.add(
              new Row(
                  bench.config(variant),
                  speed,
                  speed.gainOver(fullDepth),
                  Repeats.of(runs, run -> 100 * run.exitShare()),
                  Repeats.of(runs, run -> 100 * run.involuntaryStaysPerToken()),
                  Repeats.of(runs, run -> run.after().kvBytesUsedAtPeak() / MIB),
                  bench.quality(runs, Quality.Figure.AGREEMENT),
                  bench.quality(runs, Quality.Figure.EXACT_MATCH),
                  bench.quality(runs, Quality.Figure.ROUGE_L)));
        });
    return new Table(
        "T8",
        Table.Part.MEASURED,
        "KV methods",
        "The ramps and their thresholds were made for `map` and `copy`. Under `recompute` the token"
            + " after one that left does not leave: those are its involuntary stays.",
        COLUMNS,
        rows,
        Optional.empty());
  }
}
