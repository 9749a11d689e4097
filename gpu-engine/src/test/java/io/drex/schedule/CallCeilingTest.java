package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.CacheGeometry;
import io.drex.device.KvFill;
import org.junit.jupiter.api.Test;

class CallCeilingTest {
  private static final int MOST = 100;
  private static final int PATIENCE = CallCeiling.GOOD_CALLS;

  private final CallCeiling ceiling = ceiling(KvFill.MAP);

  @Test
  void risesByHalfAfterManyGoodCallsUntilItIsWhereItWas() {
    assertThat(ceiling.lower(64)).isTrue();
    assertThat(ceiling.rows()).isEqualTo(32);
    run(PATIENCE - 1);
    assertThat(ceiling.rows()).isEqualTo(32);
    run(1);
    assertThat(ceiling.rows()).isEqualTo(48);
    run(PATIENCE);
    assertThat(ceiling.rows()).isEqualTo(72);
    run(PATIENCE);
    assertThat(ceiling.rows()).isEqualTo(MOST);
    run(3 * PATIENCE);
    assertThat(ceiling.rows()).isEqualTo(MOST);
  }

  @Test
  void aFailureStartsTheCountAnew() {
    ceiling.lower(64);
    run(PATIENCE - 1);
    ceiling.lower(20);
    run(PATIENCE - 1);
    assertThat(ceiling.rows()).isEqualTo(10);
  }

  @Test
  void triesEverMoreRarelyWhatGoesOnFailing() {
    int memoryRows = 40;
    int failures = 0;
    for (int call = 0; call < 50_000_000; call++) {
      if (ceiling.rows() > memoryRows) {
        assertThat(ceiling.lower(ceiling.rows())).isTrue();
        failures++;
      } else {
        ceiling.ranThrough();
      }
      assertThat(ceiling.rows()).isGreaterThanOrEqualTo(20);
    }
    assertThat(failures).isBetween(3, 20);
  }

  @Test
  void aFailureOfOneRowHalvesItAndIsTheRowsOwnOnlyAtTheEnd() {
    for (KvFill kvFill : KvFill.values()) {
      CallCeiling one = ceiling(kvFill);
      int most = one.rows();
      assertThat(one.lower(1)).isTrue();
      assertThat(one.rows()).isEqualTo(most / 2);
      for (int i = 0; i < 8; i++) {
        one.lower(1);
      }
      assertThat(one.rows()).isEqualTo(kvFill.hiddenPerSequence());
      assertThat(one.lower(1)).isFalse();
    }
  }

  private void run(int calls) {
    for (int i = 0; i < calls; i++) {
      ceiling.ranThrough();
    }
  }

  private static CallCeiling ceiling(KvFill kvFill) {
    int slots = 60;
    Limits limits = new Limits(new CacheGeometry(1, 4, 1024), kvFill, slots, MOST - slots, 1024);
    return new CallCeiling(limits, new Counters());
  }
}
