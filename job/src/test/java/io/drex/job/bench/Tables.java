package io.drex.job.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A small table with all that a table can hold. */
final class Tables {
  private static final Map<Double, Double> WEIGHED = Map.of(8.0, 1.25, 64.0, -0.001);

  private Tables() {}

  static Table small() {
    return new Table(
        "X1",
        Table.Part.SIMULATED,
        "a table",
        "What it shows.",
        List.of(
            new Column("speed", "tok/s", Basis.MODELLED, 0),
            new Column("share", "", Basis.PUBLISHED, 2)),
        List.of(
            row("8", Repeats.of(List.of(3.0, 1.0, 2.0), value -> 100 * value), 8),
            row("64", Repeats.of(List.of(7.0, 7.0, 7.0), value -> value), 64),
            new Row(config("64", "a|b"), Repeats.once(5), Repeats.NONE)),
        Optional.of(new Plot("slots", "policy", List.of("speed"))));
  }

  private static Row row(String slots, Repeats speed, double share) {
    return new Row(
        config(slots, "rebatch, planned"),
        speed,
        Repeats.once(WEIGHED.getOrDefault(share, Double.NaN)));
  }

  private static Map<String, String> config(String slots, String policy) {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("build", "1");
    config.put("slots", slots);
    config.put("policy", policy);
    return config;
  }
}
