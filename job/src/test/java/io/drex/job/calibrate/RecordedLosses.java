package io.drex.job.calibrate;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.job.storage.JsonFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * What {@code calibrate --record} wrote.
 *
 * @param facts of the first line
 * @param losses [row][candidate], strictest first
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RecordedLosses(JsonNode facts, double[][] losses) {
  static RecordedLosses read(String resource) throws IOException {
    try (InputStream file = RecordedLosses.class.getResourceAsStream(resource);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
      JsonNode facts = JsonFile.mapper().readTree(lines.readLine().substring(1));
      String[] columns = lines.readLine().split(",");
      List<double[]> rows = new ArrayList<>();
      for (String line; (line = lines.readLine()) != null; ) {
        String[] cells = line.split(",");
        rows.add(
            Arrays.stream(columns)
                .filter(name -> name.startsWith("loss_"))
                .mapToDouble(name -> Double.parseDouble(cells[indexOf(name, columns)]))
                .toArray());
      }
      return new RecordedLosses(facts, rows.toArray(double[][]::new));
    }
  }

  private static int indexOf(String name, String[] columns) {
    return Arrays.asList(columns).indexOf(name);
  }

  int candidates() {
    return losses[0].length;
  }

  /** The same rows, each lost as a whole if anything of it was. */
  RecordedLosses exact() {
    return new RecordedLosses(
        facts,
        Arrays.stream(losses)
            .map(row -> Arrays.stream(row).map(loss -> loss > 0 ? 1 : 0).toArray())
            .toArray(double[][]::new));
  }

  /** Mean loss of a candidate over some rows. */
  double mean(int candidate, int[] rows) {
    double sum = 0;
    for (int row : rows) {
      sum += losses[row][candidate];
    }
    return sum / rows.length;
  }
}
