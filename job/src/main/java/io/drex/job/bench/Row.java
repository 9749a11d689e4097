package io.drex.job.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One line of a table.
 *
 * @param config all that its figures depend on; the same keys in every row of a table
 * @param figures by column
 */
record Row(Map<String, String> config, List<Repeats> figures) {
  Row {
    config = Collections.unmodifiableMap(new LinkedHashMap<>(config)); // keeps the order
    figures = List.copyOf(figures);
  }

  Row(Map<String, String> config, Repeats... figures) {
    this(config, List.of(figures));
  }
}
