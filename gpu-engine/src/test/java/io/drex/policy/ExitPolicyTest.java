package io.drex.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitPolicyTest {
  private static final RampSpec MARGIN = new RampSpec(2, ConfidenceMetric.MARGIN, .5f);
  private static final RampSpec MAX_PROB = new RampSpec(4, ConfidenceMetric.MAX_PROB, .5f);
  private static final RampSpec OFF = new RampSpec(6, ConfidenceMetric.MARGIN, RampSpec.OFF);
  private static final Verdict[] ALL_EXIT = {Verdict.EXIT, Verdict.EXIT, Verdict.EXIT};
  private static final Verdict[] ALL_GO_ON = {Verdict.GO_ON, Verdict.GO_ON, Verdict.GO_ON};

  private final StepTimes times = new StepTimes(2);

  @Test
  void rebatchLetsEveryConfidentRowLeaveAndKeepsTheOthers() {
    assertThat(decide("rebatch", MARGIN, .51f, .49f)).containsExactly(Verdict.EXIT, Verdict.BUFFER);
    assertThat(decide("rebatch", MAX_PROB, .51f, .49f, Float.NaN))
        .containsExactly(Verdict.EXIT, Verdict.BUFFER, Verdict.BUFFER);
  }

  @Test
  void aConfidenceAtTheThresholdPassesByMaxProbOnly() {
    assertThat(decide("rebatch", MARGIN, .5f)).containsExactly(Verdict.BUFFER);
    assertThat(decide("rebatch", MAX_PROB, .5f)).containsExactly(Verdict.EXIT);
  }

  @Test
  void eachRowIsHeldAgainstItsOwnThreshold() {
    RampRows rows = new RampRows(2, 2, times);
    rows.clear(0, ConfidenceMetric.MARGIN);
    rows.add(.6f, .7f);
    rows.add(.6f, .5f);
    new ExitPolicy.Rebatch().decide(rows);
    assertThat(rows.verdict(0)).isEqualTo(Verdict.BUFFER);
    assertThat(rows.verdict(1)).isEqualTo(Verdict.EXIT);
  }

  @Test
  void oneConfidentRowIsEnoughForAny() {
    assertThat(decide("any", MARGIN, .1f, .9f, .1f)).containsExactly(ALL_EXIT);
    assertThat(decide("any", MARGIN, .1f, .5f, .1f)).containsExactly(ALL_GO_ON);
  }

  @Test
  void oneUnsureRowKeepsAllBack() {
    assertThat(decide("all", MARGIN, .9f, .9f, .9f)).containsExactly(ALL_EXIT);
    assertThat(decide("all", MARGIN, .9f, .5f, .9f)).containsExactly(ALL_GO_ON);
  }

  @Test
  void theLowerMedianDecidesForAnEvenNumber() {
    assertThat(decide("median", MARGIN, .1f, .9f, .6f)).containsExactly(ALL_EXIT);
    assertThat(decide("median", MARGIN, .1f, .9f, .4f)).containsExactly(ALL_GO_ON);
    assertThat(decide("median", MARGIN, .1f, .9f)).containsOnly(Verdict.GO_ON);
    assertThat(decide("median", MARGIN, .1f, .9f, .9f, .9f)).containsOnly(Verdict.EXIT);
  }

  @Test
  void aMeanAtTheThresholdPassesByMaxProbOnly() {
    assertThat(decide("mean", MARGIN, .25f, .5f, .75f)).containsExactly(ALL_GO_ON);
    assertThat(decide("mean", MAX_PROB, .25f, .5f, .75f)).containsExactly(ALL_EXIT);
    assertThat(decide("mean", MARGIN, 0, .7f, .9f)).containsExactly(ALL_EXIT);
  }

  @Test
  void latencyOnlyReleasesConfidentRowsAndLetsNoneLeave() {
    assertThat(decide("latency_only", MARGIN, .9f, .1f))
        .containsExactly(Verdict.RELEASE, Verdict.GO_ON);
  }

  @Test
  void artSplitsABatchIfMoreRowsThanItsThresholdAreConfident() {
    assertThat(decide("art:2", MARGIN, .9f, .9f, .1f)).containsExactly(ALL_GO_ON);
    assertThat(decide("art:1", MARGIN, .9f, .9f, .1f))
        .containsExactly(Verdict.EXIT, Verdict.EXIT, Verdict.BUFFER);
    assertThat(decide("art:0", MARGIN, .1f, .1f, .1f)).containsExactly(ALL_GO_ON);
  }

  @Test
  void artStartsAtHalfABatchAndThenGoesByItsTimes() {
    assertThat(decide("art", MARGIN, .9f, .9f, .1f, .1f)).containsOnly(Verdict.GO_ON);
    assertThat(decide("art", MARGIN, .9f, .9f, .9f, .1f)).contains(Verdict.EXIT);
    times.add(0, false, 40); // the shallow half
    times.add(1, true, 30); // a full pass takes 70
    assertThat(decide("art", MARGIN, .9f, .9f, .1f, .1f))
        .as("t_d is not measured yet")
        .containsOnly(Verdict.GO_ON);
    times.add(1, false, 60); // break-even: (40 + 60 - 70) / 60 of 4 rows
    assertThat(decide("art", MARGIN, .9f, .9f, .1f, .1f)).containsOnly(Verdict.GO_ON);
    times.add(0, false, 40);
    for (int call = 0; call < 99; call++) {
      times.add(1, true, 50); // the times of full passes change to 50 + 50
    }
    assertThat(decide("art", MARGIN, .9f, .1f, .1f, .1f)).contains(Verdict.EXIT);
  }

  @Test
  void artRunsBatchesOfHalfTheSlots() {
    ExitPolicy art = Presets.exitPolicy("art");
    assertThat(new int[] {art.batchRows(17), art.batchRows(16), art.batchRows(1)})
        .containsExactly(8, 7, 1);
    assertThat(Presets.exitPolicy("rebatch").batchRows(17)).isEqualTo(17);
  }

  @Test
  void policiesDropRampsThatAreOff() {
    for (Presets preset : Presets.values()) {
      assertThat(Presets.exitPolicy(preset.text()).activeRamps(List.of(MARGIN, MAX_PROB, OFF)))
          .as(preset.text())
          .containsExactlyElementsOf(
              preset == Presets.FULL_DEPTH ? List.of() : List.of(MARGIN, MAX_PROB));
    }
  }

  @Test
  void onlyPoliciesThatDecideOnEachRowAloneAreIndependentOfTheSchedule() {
    for (Presets preset : Presets.values()) {
      boolean alone =
          switch (preset) {
            case FULL_DEPTH, REBATCH, LATENCY_ONLY -> true;
            case ANY, ALL, MEDIAN, MEAN, ART -> false;
          };
      assertThat(Presets.exitPolicy(preset.text()).isScheduleDependent())
          .as(preset.text())
          .isEqualTo(!alone);
    }
  }

  @Test
  void anUnknownPolicyIsAnErrorThatListsTheKnown() {
    assertThatThrownBy(() -> Presets.exitPolicy("Rebatch"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unknown policy 'Rebatch'; known: full_depth, rebatch, any, all, median, mean,"
                + " latency_only, art, art:<rows>");
  }

  @Test
  void aThresholdOfArtIsANumberOfRows() {
    assertThatThrownBy(() -> Presets.exitPolicy("art:few"))
        .hasMessage("policy 'art:few' needs a number of rows after the colon, such as art:2");
    assertThatThrownBy(() -> Presets.exitPolicy("art:-1"))
        .hasMessage("a rebatching threshold cannot be -1 rows");
  }

  private Verdict[] decide(String policy, RampSpec ramp, float... confidences) {
    RampRows rows = new RampRows(confidences.length, confidences.length, times);
    rows.clear(0, ramp.metric());
    for (float confidence : confidences) {
      rows.add(confidence, ramp.threshold());
    }
    Presets.exitPolicy(policy).decide(rows);
    Verdict[] verdicts = new Verdict[confidences.length];
    for (int row = 0; row < verdicts.length; row++) {
      verdicts[row] = rows.verdict(row);
    }
    return verdicts;
  }
}
