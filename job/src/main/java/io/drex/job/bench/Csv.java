package io.drex.job.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Writes a table for programs: in every row the whole configuration, then for each figure its
 * median, least and largest of the repeats, empty where there is none.
 */
final class Csv {
  private static final CsvMapper MAPPER = new CsvMapper();

  private Csv() {}

  /** The table with a line of headings. */
  static String text(Table table) {
    Set<String> settings = table.rows().get(0).config().keySet();
    CsvSchema.Builder schema = CsvSchema.builder();
    settings.forEach(schema::addColumn);
    for (Column column : table.columns()) {
      schema.addColumn(column.heading());
      schema.addColumn(column.heading() + " min");
      schema.addColumn(column.heading() + " max");
    }
    List<List<Object>> lines = table.rows().stream().map(row -> line(row, settings)).toList();
    try {
      return MAPPER.writer(schema.build().withHeader()).writeValueAsString(lines);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("table " + table.id() + " cannot be written as CSV", e);
    }
  }

  private static List<Object> line(Row row, Set<String> settings) {
    List<Object> line = new ArrayList<>();
    settings.forEach(key -> line.add(row.config().get(key)));
    for (Repeats figure : row.figures()) {
      if (figure.isEmpty()) {
        line.addAll(List.of("", "", ""));
      } else {
        line.addAll(List.of(figure.median(), figure.min(), figure.max()));
      }
    }
    return line;
  }
}
