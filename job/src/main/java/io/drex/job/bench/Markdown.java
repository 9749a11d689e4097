package io.drex.job.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes a table for readers: settings in which rows differ as columns, the others below it once;
 * the median of the repeats and, where it is not the same figure, from the least to the largest.
 */
final class Markdown {
  private Markdown() {}

  /**
   * The table with heading and text.
   *
   * @param image a file that shows it; empty for none
   */
  static String text(Table table, String image) {
    StringBuilder out = new StringBuilder();
    out.append("### ").append(table.id()).append(" – ").append(table.title()).append("\n\n");
    out.append(table.text()).append("\n\n");
    List<String> settings = table.varying();
    List<String> heads = new ArrayList<>(settings);
    table.columns().forEach(column -> heads.add(column.heading()));
    out.append(line(heads));
    String left = "|---".repeat(settings.size());
    String right = "|---:".repeat(table.columns().size());
    out.append(left).append(right).append("|\n");
    table.rows().forEach(row -> out.append(line(cells(table, settings, row))));
    out.append("\nIn every row: ").append(settings(table.shared())).append(".\n");
    if (!image.isEmpty()) {
      out.append("\n![").append(table.title()).append("](").append(image).append(")\n");
    }
    return out.toString();
  }

  private static List<String> cells(Table table, List<String> settings, Row row) {
    List<String> cells = new ArrayList<>();
    settings.forEach(key -> cells.add(String.valueOf(row.config().get(key))));
    for (int column = 0; column < table.columns().size(); column++) {
      cells.add(cell(row.figures().get(column), table.columns().get(column).decimals()));
    }
    return cells;
  }

  private static String cell(Repeats figure, int decimals) {
    if (figure.isEmpty()) {
      return "–";
    }
    String least = number(figure.min(), decimals);
    String most = number(figure.max(), decimals);
    String median = number(figure.median(), decimals);
    return least.equals(most) ? median : median + " (" + least + " to " + most + ")";
  }

  private static String number(double value, int decimals) {
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.matches("-0\\.?0*") ? text.substring(1) : text;
  }

  private static String settings(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(entry -> entry.getKey() + " `" + entry.getValue() + "`")
        .collect(Collectors.joining(", "));
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
