package io.drex.job.calibrate;

import io.drex.model.RampSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What one ramp said at full-depth decoding, token by token. Mutable; used by one thread. */
final class RampReadings {
  private final RampSpec ramp;
  private final List<Reading> readings = new ArrayList<>();

  private record Reading(float confidence, boolean agrees) {}

  RampReadings(RampSpec ramp) {
    this.ramp = ramp;
  }

  void add(float confidence, boolean agrees) {
    readings.add(new Reading(confidence, agrees));
  }

  /** Share of all readings that name another token than full depth; 0 without readings. */
  double disagreement() {
    long wrong = readings.stream().filter(reading -> !reading.agrees()).count();
    return readings.isEmpty() ? 0 : (double) wrong / readings.size();
  }

  /**
   * The ramp with the lowest threshold at which, of the readings that pass, at most this share
   * disagrees with full depth; off if there is none. Grows no stricter as {@code disagreement}
   * grows.
   */
  RampSpec loosest(double disagreement) {
    readings.sort(Comparator.comparing(Reading::confidence).reversed());
    float threshold = RampSpec.OFF;
    int wrong = 0;
    for (int i = 0; i < readings.size(); i++) {
      float confidence = readings.get(i).confidence();
      wrong += readings.get(i).agrees() ? 0 : 1;
      // Equal confidences pass together or not at all.
      boolean last = i + 1 == readings.size() || readings.get(i + 1).confidence() < confidence;
      if (last && wrong <= disagreement * (i + 1)) {
        threshold = ramp.metric().highestPassed(confidence);
      }
    }
    return ramp.withThreshold(threshold);
  }
}
