package io.drex.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Flush thresholds over time, of bounded length: what changed quickly is thinned out the longer the
 * history is, but the first and the present thresholds are always there. Owned by the engine
 * thread; the list it gives is immutable.
 */
final class ThresholdHistory {
  static final int MOST = 64;

  private final List<FlushThresholds> kept = new ArrayList<>();
  private long leastGapMicros;
  private List<FlushThresholds> view = List.of();

  /** Notes what holds from now on. */
  void add(FlushThresholds next) {
    int last = kept.size() - 1;
    if (last >= 0 && kept.get(last).rows().equals(next.rows())) {
      return;
    }
    if (last > 0 && next.fromMicros() - kept.get(last - 1).fromMicros() < leastGapMicros) {
      kept.set(last, next);
    } else {
      kept.add(next);
    }
    if (kept.size() > MOST) {
      thin();
    }
    view = List.copyOf(kept);
  }

  /** Drops every other one; from now on those so close together are not kept apart. */
  private void thin() {
    long span = kept.get(kept.size() - 1).fromMicros() - kept.get(0).fromMicros();
    leastGapMicros = Math.max(2 * leastGapMicros, 2 * span / MOST);
    for (int i = kept.size() - 2; i > 0; i -= 2) {
      kept.remove(i);
    }
  }

  /** Oldest first. */
  List<FlushThresholds> view() {
    return view;
  }
}
