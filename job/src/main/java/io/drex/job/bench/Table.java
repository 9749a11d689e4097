package io.drex.job.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A finished table.
 *
 * @param id such as T1
 * @param part what made it, for names of files
 * @param text what it shows and how to read it, in a paragraph
 * @param plot how it is drawn, if it is
 */
record Table(
    String id,
    Part part,
    String title,
    String text,
    List<Column> columns,
    List<Row> rows,
    Optional<Plot> plot) {

  /** Which half of the tables. */
  enum Part {
    SIMULATED,
    MEASURED
  }

  Table {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    for (Row row : rows) {
      if (row.figures().size() != columns.size()
          || !row.config().keySet().equals(rows.get(0).config().keySet())) {
        throw new IllegalArgumentException(
            "table " + id + " has rows of different shape: " + row.config());
      }
    }
  }

  /**
   * The place of a column among the figures.
   *
   * @throws IllegalArgumentException if there is no such column
   */
  int columnIndex(String name) {
    for (int column = 0; column < columns.size(); column++) {
      if (columns.get(column).name().equals(name)) {
        return column;
      }
    }
    throw new IllegalArgumentException("table " + id + " has no column " + name);
  }

  /** The name of its files, without ending. */
  String fileName() {
    return (id + "-" + part).toLowerCase(Locale.ROOT);
  }

  /** Settings in which its rows differ, in their order. */
  List<String> varying() {
    List<String> varying = new ArrayList<>();
    for (String key : rows.get(0).config().keySet()) {
      if (rows.stream().map(row -> row.config().get(key)).distinct().count() > 1) {
        varying.add(key);
      }
    }
    return varying;
  }

  /** Settings that all its rows share. */
  Map<String, String> shared() {
    Map<String, String> shared = new LinkedHashMap<>(rows.get(0).config());
    varying().forEach(shared::remove);
    return shared;
  }
}
