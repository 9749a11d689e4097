package io.drex.device.cuda.bench;

import java.util.List;

/**
 * A table of a report.
 *
 * @param id short name
 * @param notes what its figures are and rest on, a sentence each
 */
public record Table(String id, String title, List<String> notes, List<Row> rows) {
  public Table {
    notes = List.copyOf(notes);
    rows = List.copyOf(rows);
  }
}
