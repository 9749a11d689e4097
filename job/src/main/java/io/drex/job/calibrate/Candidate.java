package io.drex.job.calibrate;

import io.drex.model.RampSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Thresholds to try.
 *
 * @param disagreement with full depth that the readings showed at most, of tokens that pass
 * @param ramps of the model, all of them; never all off
 */
record Candidate(double disagreement, List<RampSpec> ramps) {
  private static final double[] LEVELS = {
    0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1
  };

  /** Shares of the distance to 1 that stricter forms of the first level's thresholds keep. */
  private static final float[] TIGHTENED = {0.1f, 0.2f, 0.4f, 0.7f};

  Candidate {
    ramps = List.copyOf(ramps);
  }

  /**
   * The candidates, strictest first: one level of disagreement for all ramps, growing. Before the
   * first come stricter ones, up to ten times closer to 1, because readings without any
   * disagreement may be luck. Equal neighbours are one.
   */
  static List<Candidate> propose(List<RampReadings> readings) {
    List<Candidate> candidates = new ArrayList<>();
    Candidate first = at(LEVELS[0], readings);
    for (float share : TIGHTENED) {
      append(first.tightened(share), candidates);
    }
    for (double level : LEVELS) {
      append(at(level, readings), candidates);
    }
    return candidates;
  }

  private static Candidate at(double level, List<RampReadings> readings) {
    return new Candidate(level, readings.stream().map(ramp -> ramp.loosest(level)).toList());
  }

  private static void append(Candidate next, List<Candidate> candidates) {
    boolean known =
        !candidates.isEmpty() && candidates.get(candidates.size() - 1).ramps.equals(next.ramps);
    if (!known && !next.ramps.stream().allMatch(RampSpec::isOff)) {
      candidates.add(next);
    }
  }

  private Candidate tightened(float share) {
    return new Candidate(
        disagreement,
        ramps.stream()
            .map(
                ramp ->
                    ramp.isOff()
                        ? ramp
                        : new RampSpec(
                            ramp.depth(), ramp.metric(), 1 - (1 - ramp.threshold()) * share))
            .toList());
  }
}
