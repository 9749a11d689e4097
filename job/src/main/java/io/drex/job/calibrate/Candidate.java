package io.drex.job.calibrate;

import io.drex.engine.Completion;
import io.drex.engine.FinishReason;
import io.drex.model.ConfidenceMetric;
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
  private static final int LEVELS = 22;

  /** About the smallest share above 0 that a sample of usual size can show. */
  private static final double SMALLEST = 0.0002;

  /**
   * Distances from certainty that all thresholds of a candidate before the first level keep at
   * most.
   */
  private static final float[] DOUBTS = {1e-4f, 2e-4f, 5e-4f, 1e-3f, 2e-3f, 5e-3f};

  Candidate {
    ramps = List.copyOf(ramps);
  }

  /**
   * The candidates, strictest first: one level of disagreement for all ramps, growing from 0 to all
   * that the readings of any ramp show. Before the first come stricter ones, because readings
   * without any disagreement may be luck, and what exits leave in the KV cache is not in them:
   * where readings no longer tell the ramps apart, all get one threshold. Equal neighbours are one.
   */
  static List<Candidate> propose(List<RampReadings> readings) {
    List<Candidate> candidates = new ArrayList<>();
    Candidate first = at(0, readings);
    for (float doubt : DOUBTS) {
      append(first.within(doubt), candidates);
    }
    append(first, candidates);
    double most = readings.stream().mapToDouble(RampReadings::disagreement).max().orElse(0);
    double ratio = Math.max(1, most / SMALLEST);
    for (int i = 0; i < LEVELS; i++) {
      append(at(SMALLEST * Math.pow(ratio, (double) i / (LEVELS - 1)), readings), candidates);
    }
    // Rounding may keep the last level below what it stands for.
    append(at(1, readings), candidates);
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

  private Candidate within(float doubt) {
    return new Candidate(
        disagreement,
        ramps.stream()
            .map(
                ramp -> ramp.withThreshold(Math.max(ramp.threshold(), ramp.metric().within(doubt))))
            .toList());
  }

  /**
   * Whether all ramps that both read give the same confidence for the same row: a hidden cosine is
   * one from ramp to ramp, so it changes with the ramps that are read.
   */
  boolean readsAlike(Candidate other) {
    return ramps.stream().noneMatch(ramp -> ramp.metric() == ConfidenceMetric.HIDDEN_COSINE)
        || depthsRead().equals(other.depthsRead());
  }

  private List<Integer> depthsRead() {
    return ramps.stream().filter(ramp -> !ramp.isOff()).map(RampSpec::depth).toList();
  }

  /**
   * Whether a row that ran with looser thresholds would have run the same with these: every token
   * that left at a ramp would have left there.
   */
  boolean standsFor(Completion looser) {
    if (looser.finishReason() == FinishReason.ERROR) {
      return false;
    }
    for (int i = 0; i < looser.depths().length; i++) {
      for (RampSpec ramp : ramps) {
        if (ramp.depth() == looser.depths()[i] && !ramp.passes(looser.confidences()[i])) {
          return false;
        }
      }
    }
    return true;
  }
}
