package io.drex.job.bench;

import io.drex.engine.EngineSnapshot;
import io.drex.policy.Presets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** T9, measured: KV that early exits do not hold. */
final class MeasuredKv {
  private static final double MIB = 1 << 20;

  private static final List<Column> COLUMNS =
      List.of(
          new Column("exit share", "%", Basis.MEASURED, 1),
          new Column("KV held at its peak", "MiB", Basis.MEASURED, 2),
          new Column("of it in use", "MiB", Basis.MEASURED, 2),
          new Column("a plain cache then", "MiB", Basis.MEASURED, 2),
          new Column("saved", "%", Basis.MEASURED, 1));

  private MeasuredKv() {}

  static Table table(MeasuredBench bench) {
    List<Variant> variants =
        Stream.concat(
                Stream.of(Variant.of(Presets.FULL_DEPTH.text())),
                Confidences.variants(bench).stream())
            .toList();
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<Variant, List<EngineRun>> entry : bench.runs(variants).byVariant().entrySet()) {
      List<EngineRun> runs = entry.getValue();
      List<EngineSnapshot> ends = runs.stream().map(EngineRun::after).toList();
      Repeats held = Repeats.of(ends, end -> end.kvBytesHeldPeak() / MIB);
      Repeats plain = Repeats.of(ends, end -> end.kvBytesPlainPeak() / MIB);
      rows.add(
          new Row(
              bench.config(entry.getKey()),
              Repeats.of(runs, run -> 100 * run.exitShare()),
              held,
              Repeats.of(ends, end -> end.kvBytesUsedAtPeak() / MIB),
              plain,
              held.with(plain, (some, all) -> 100 * (1 - some / all))));
    }
    return new Table(
        "T9",
        Table.Part.MEASURED,
        "KV held against a plain cache, KV method map",
        "The runs of T2. Held is in blocks of 16 tokens. The corpus has long prompts and short"
            + " summaries: most of its KV is of prompts, which never exit.",
        COLUMNS,
        rows,
        Optional.empty());
  }
}
