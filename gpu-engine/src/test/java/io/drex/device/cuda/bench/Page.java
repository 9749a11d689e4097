package io.drex.device.cuda.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A report as Markdown. */
final class Page {
  private static final String NOTES =
      """
      # What a GPU did

      Figures are medians, with the least and the largest of the repeats in brackets. `cuda`
      computes in strict arithmetic, `cuda:fast` in fast. Weights are synthetic throughout:
      random, never zeros.
      """;

  private Page() {}

  static String of(Report report) {
    StringBuilder page = new StringBuilder(NOTES);
    page.append("\n| stage | state | s | |\n|---|---|---:|---|\n");
    for (Part part : report.without(StrictPrice.PRICE).parts()) {
      String seconds = String.format(Locale.ROOT, "%.1f", part.seconds());
      String state = part.state().name().toLowerCase(Locale.ROOT);
      page.append(line(List.of(part.stage(), state, seconds, part.reason())));
    }
    for (Part part : report.parts()) {
      part.tables().stream()
          .filter(table -> !table.rows().isEmpty())
          .forEach(table -> append(page, table));
    }
    return page.toString();
  }

  private static void append(StringBuilder page, Table table) {
    page.append("\n## ").append(table.title()).append("\n\n");
    table.notes().forEach(note -> page.append(note).append('\n'));
    Set<String> labels = new LinkedHashSet<>();
    Map<String, String> figures = new LinkedHashMap<>(); // column to unit
    boolean someMissing = false;
    for (Row row : table.rows()) {
      labels.addAll(row.labels().keySet());
      row.figures().forEach((column, figure) -> figures.putIfAbsent(column, figure.unit()));
      someMissing |= !row.missing().isEmpty();
    }
    List<String> head = new ArrayList<>(labels);
    figures.forEach((column, unit) -> head.add(unit.isEmpty() ? column : column + ", " + unit));
    if (someMissing) {
      head.add("not measured");
    }
    page.append('\n').append(line(head)).append("|");
    labels.forEach(label -> page.append("---|"));
    figures.keySet().forEach(column -> page.append("---:|"));
    page.append(someMissing ? "---|\n" : "\n");
    for (Row row : table.rows()) {
      page.append(line(cells(row, labels, figures.keySet(), someMissing)));
    }
  }

  private static List<String> cells(
      Row row, Set<String> labels, Set<String> figures, boolean someMissing) {
    List<String> cells = new ArrayList<>();
    labels.forEach(label -> cells.add(row.labels().getOrDefault(label, "")));
    for (String column : figures) {
      Figure figure = row.figures().get(column);
      cells.add(figure == null ? "" : figure.text());
    }
    if (someMissing) {
      cells.add(row.missing());
    }
    return cells;
  }

  private static String line(List<String> cells) {
    StringBuilder line = new StringBuilder("|");
    for (String cell : cells) {
      line.append(' ').append(cell.replace("|", "\\|").replaceAll("\\s+", " ")).append(" |");
    }
    return line.append('\n').toString();
  }
}
