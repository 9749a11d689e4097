package io.drex.device.cuda.bench;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A row of a table.
 *
 * @param labels what was measured, by column; the order is that of the columns
 * @param figures by column; empty where there are none
 * @param missing why there are no figures; empty where there are
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Row(Map<String, String> labels, Map<String, Figure> figures, String missing) {

  /** A row whose figures are to come. */
  static Row of(String... columnsAndTexts) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (int i = 0; i < columnsAndTexts.length; i += 2) {
      labels.put(columnsAndTexts[i], columnsAndTexts[i + 1]);
    }
    return new Row(labels, Map.of(), "");
  }

  /** This with a figure more. */
  Row with(String column, Figure figure) {
    Map<String, Figure> more = new LinkedHashMap<>(figures);
    more.put(column, figure);
    return new Row(labels, more, missing);
  }

  /** This without figures. */
  Row without(String reason) {
    return new Row(labels, Map.of(), reason);
  }

  /** The same where it says why the device failed. */
  Row without(Exception failure) {
    return without(failure.getClass().getSimpleName() + ": " + failure.getMessage());
  }
}
