package io.drex.job.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** T3, measured: who exits where, and who is forced to. */
final class MeasuredExits {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("exit share", "%", Basis.MEASURED, 1),
          new Column("involuntary exits", "%", Basis.MEASURED, 2),
          new Column("involuntary stays per 100 tokens", "", Basis.MEASURED, 2),
          new Column("mean depth of decoded tokens", "layers", Basis.MEASURED, 3));

  private MeasuredExits() {}

  static Table table(MeasuredBench bench) {
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<Variant, List<EngineRun>> entry :
        bench.runs(MeasuredPolicies.variants()).byVariant().entrySet()) {
      List<EngineRun> runs = entry.getValue();
      rows.add(
          new Row(
              bench.config(entry.getKey()),
              Repeats.of(runs, run -> 100 * run.exitShare()),
              Repeats.of(runs, run -> 100 * run.involuntaryExitShare()),
              Repeats.of(runs, run -> 100 * run.involuntaryStaysPerToken()),
              Repeats.of(runs, MeasuredExits::meanDepth)));
    }
    return new Table(
        "T3",
        Table.Part.MEASURED,
        "exit share, involuntary exits and stays",
        "The runs of T1. Shares are of the decoded tokens, which a sequence's first token is not;"
            + " stays count at every ramp where a confident row had to go on.",
        COLUMNS,
        rows,
        Optional.empty());
  }

  private static double meanDepth(EngineRun run) {
    long[] tokens = run.decodedByDepth();
    double layers = 0;
    for (int place = 0; place < tokens.length; place++) {
      layers += (double) tokens[place] * run.exitDepths().get(place);
    }
    return layers / run.decodedTokens();
  }
}
