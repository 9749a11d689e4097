package io.drex.engine;

import java.util.List;

/**
 * Flush thresholds that held from some time on.
 *
 * @param fromMicros since the engine was opened, by its device's clock
 * @param rows buffered rows that start a flush while all slots are taken. [ramp]
 */
public record FlushThresholds(long fromMicros, List<Integer> rows) {
  public FlushThresholds {
    rows = List.copyOf(rows);
  }
}
