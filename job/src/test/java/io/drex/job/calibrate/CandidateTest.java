package io.drex.job.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.engine.Completion;
import io.drex.engine.ExitStats;
import io.drex.engine.FinishReason;
import io.drex.engine.RampTrace;
import io.drex.engine.Timing;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CandidateTest {
  @Test
  void equalConfidencesPassTogetherOrNotAtAll() {
    RampReadings readings = readings(ConfidenceMetric.MAX_PROB);
    readings.add(0.9f, true);
    readings.add(0.8f, true);
    readings.add(0.8f, false);
    readings.add(0.7f, true);

    assertThat(readings.loosest(0).threshold()).isEqualTo(0.9f);
    assertThat(readings.loosest(0.3).threshold()).isEqualTo(0.7f);
    assertThat(readings.loosest(1).threshold()).isEqualTo(0.7f);
  }

  @Test
  void theLowestConfidenceThatMayPassDoesPass() {
    for (ConfidenceMetric metric : ConfidenceMetric.values()) {
      RampReadings readings = readings(metric);
      readings.add(0.9f, true);
      readings.add(0.5f, false);
      RampSpec ramp = readings.loosest(0);
      assertThat(ramp.passes(0.9f)).isTrue();
      assertThat(ramp.passes(0.5f)).isFalse();
    }
  }

  @Test
  void aRampThatIsAlwaysWrongIsOff() {
    RampReadings wrong = readings(ConfidenceMetric.MARGIN);
    wrong.add(0.9f, false);
    assertThat(wrong.loosest(0.5).isOff()).isTrue();
    assertThat(readings(ConfidenceMetric.MARGIN).loosest(1).isOff()).isTrue();
    assertThat(wrong.disagreement()).isEqualTo(1);
    // Off everywhere would be full depth.
    assertThat(Candidate.propose(List.of(readings(ConfidenceMetric.MARGIN)))).isEmpty();
  }

  @Test
  void candidatesGoFromStrictToLooseAtEveryRamp() {
    RampReadings first = readings(ConfidenceMetric.MAX_PROB);
    RampReadings second = readings(ConfidenceMetric.MARGIN);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 3000; i++) {
      float confidence = (float) random.nextDouble();
      first.add(confidence, random.nextDouble() < confidence);
      second.add(confidence, random.nextDouble() < Math.sqrt(confidence));
    }
    List<Candidate> candidates = Candidate.propose(List.of(first, second));

    assertThat(candidates).hasSizeGreaterThan(15);
    assertThat(candidates.get(candidates.size() - 1).ramps())
        .as("the loosest lets out every token that was read")
        .isEqualTo(List.of(first.loosest(1), second.loosest(1)));
    for (int i = 1; i < candidates.size(); i++) {
      for (int ramp = 0; ramp < 2; ramp++) {
        assertThat(candidates.get(i).ramps().get(ramp).threshold())
            .isLessThanOrEqualTo(candidates.get(i - 1).ramps().get(ramp).threshold());
      }
      assertThat(candidates.get(i).ramps()).isNotEqualTo(candidates.get(i - 1).ramps());
    }
  }

  @Test
  void theStrictestCandidatesHaveOneThresholdForAllRamps() {
    RampReadings sure = readings(ConfidenceMetric.MAX_PROB);
    RampReadings unsure = readings(ConfidenceMetric.MAX_PROB);
    for (int i = 0; i < 100; i++) {
      sure.add(1 - i / 1000f, true);
      unsure.add(1 - i / 1000f, i < 2);
    }
    List<Candidate> candidates = Candidate.propose(List.of(sure, unsure));

    assertThat(thresholds(candidates.get(0))).containsExactly(0.9999f, 0.9999f);
    assertThat(thresholds(candidates.get(3)))
        .as("a ramp is not let out further than its readings allow")
        .containsExactly(0.999f, 0.999f);
    assertThat(thresholds(candidates.get(4))).containsExactly(0.998f, 0.999f);
    assertThat(thresholds(candidates.get(6))).containsExactly(0.901f, 0.999f);
  }

  @Test
  void aRampThatIsOffStaysOff() {
    RampReadings right = readings(ConfidenceMetric.MAX_PROB);
    RampReadings wrong = readings(ConfidenceMetric.MAX_PROB);
    right.add(0.5f, true);
    wrong.add(0.9f, false);
    Candidate strictest = Candidate.propose(List.of(right, wrong)).get(0);

    assertThat(strictest.ramps()).extracting(RampSpec::isOff).containsExactly(false, true);
  }

  @Test
  void standsForARowWhoseExitsAllPass() {
    Candidate candidate =
        new Candidate(
            0,
            List.of(
                new RampSpec(2, ConfidenceMetric.MAX_PROB, 0.8f),
                new RampSpec(4, ConfidenceMetric.MAX_PROB, RampSpec.OFF)));
    assertThat(candidate.standsFor(row(new short[] {8, 2, 8}, 0.1f, 0.8f, 0.2f))).isTrue();
    assertThat(candidate.standsFor(row(new short[] {8, 2, 2}, 0.1f, 0.8f, 0.7f))).isFalse();
    assertThat(candidate.standsFor(row(new short[] {8, 4}, 0.1f, 1))).as("off").isFalse();
  }

  @Test
  void aHiddenCosineChangesWithTheRampsThatAreRead() {
    for (ConfidenceMetric metric : ConfidenceMetric.values()) {
      Candidate both = candidate(metric, 0.5f, 0.5f);
      assertThat(both.readsAlike(candidate(metric, 0.9f, 0.7f))).isTrue();
      assertThat(both.readsAlike(candidate(metric, RampSpec.OFF, 0.5f)))
          .isEqualTo(metric != ConfidenceMetric.HIDDEN_COSINE);
    }
  }

  private static Candidate candidate(ConfidenceMetric metric, float first, float second) {
    return new Candidate(
        0, List.of(new RampSpec(2, metric, first), new RampSpec(4, metric, second)));
  }

  @Test
  void stricterCandidatesStayWithinTheMetricsRange() {
    for (ConfidenceMetric metric : ConfidenceMetric.values()) {
      RampReadings readings = readings(metric);
      readings.add(0.9f, true);
      readings.add(0.5f, false);
      for (Candidate candidate : Candidate.propose(List.of(readings))) {
        assertThat(metric.isLegal(candidate.ramps().get(0).threshold())).isTrue();
      }
    }
  }

  private static Completion row(short[] depths, float... confidences) {
    return new Completion(
        0,
        FinishReason.LENGTH,
        3,
        new int[depths.length],
        depths,
        confidences,
        new float[depths.length],
        new RampTrace(0, new float[0]),
        new ExitStats(new int[3], 0, 0, 0),
        new Timing(0, 0, 0),
        null);
  }

  private static List<Float> thresholds(Candidate candidate) {
    return candidate.ramps().stream().map(RampSpec::threshold).toList();
  }

  private static RampReadings readings(ConfidenceMetric metric) {
    return new RampReadings(new RampSpec(2, metric, 0.5f));
  }
}
