package io.drex.device.cuda.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What strict arithmetic costs: rows of tables that differ in nothing but the device. Decode steps
 * are not compared: both devices run the same kernels there.
 */
final class StrictPrice {
  private static final String DEVICE = "device";
  private static final List<String> TABLES = List.of("prefill");
  private static final String TIME = "time";
  static final String PRICE = "price";

  private StrictPrice() {}

  /** A report with its prices as the last part, made anew; without, where nothing was measured. */
  static Report addTo(Report report) {
    List<Row> rows = new ArrayList<>();
    for (String id : TABLES) {
      report.table(id).ifPresent(table -> addPairs(table, rows));
    }
    Report bare = report.without(PRICE);
    if (rows.isEmpty()) {
      return bare;
    }
    String note =
        "Time of `cuda` over that of `cuda:fast`, medians of the table of prefill calls. Decode"
            + " steps run the same kernels on both: cuBLAS multiplies large prompt calls alone.";
    Table table = new Table(PRICE, "Price of strict arithmetic", List.of(note), rows);
    return bare.with(new Part(PRICE, Part.State.COMPLETE, "", 0, List.of(table)));
  }

  private static void addPairs(Table table, List<Row> rows) {
    Map<Map<String, String>, Figure> strict = new LinkedHashMap<>();
    for (Row row : table.rows()) {
      Map<String, String> labels = new LinkedHashMap<>(row.labels());
      String device = labels.remove(DEVICE);
      Figure time = row.figures().get(TIME);
      if (time == null) {
        rows.add(row(table.id(), row.labels()).without(row.missing()));
        continue;
      }
      if (Devices.STRICT.equals(device)) {
        strict.put(labels, time);
        continue;
      }
      Figure slower = strict.get(labels);
      if (slower != null) {
        double quotient = slower.median() / time.median();
        rows.add(row(table.id(), labels).with("strict over fast", Figure.of("", quotient)));
      }
    }
  }

  private static Row row(String id, Map<String, String> labels) {
    Map<String, String> all = new LinkedHashMap<>(Map.of("table", id));
    all.putAll(labels);
    return new Row(all, Map.of(), "");
  }
}
