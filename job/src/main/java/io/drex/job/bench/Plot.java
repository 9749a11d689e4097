package io.drex.job.bench;

import java.util.List;

/**
 * How a table is drawn.
 *
 * @param x a setting whose values are numbers
 * @param line a setting, each of whose values makes a line; empty for one line of all rows
 * @param columns names of those drawn, each a line of its own
 */
record Plot(String x, String line, List<String> columns) {
  Plot {
    columns = List.copyOf(columns);
  }
}
