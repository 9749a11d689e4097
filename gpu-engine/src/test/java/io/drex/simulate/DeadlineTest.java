package io.drex.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.policy.FlushPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One request in eight has a deadline, beside flushes of many rows that may wait for long. */
class DeadlineTest {
  private static final Demand.Batch BATCH = Demand.Batch.of(512, 64, 64);
  private static final FlushPolicy LATE = new FlushPolicy.Fixed(48, 1_000);
  private static final double FOREVER = 1e12;

  @ParameterizedTest
  @CsvSource({".7, 600000", ".95, 550000"})
  void rowsThatWouldBeLateAreFlushedInTime(double exitRate, double micros) {
    Outcome without = run(exitRate, BATCH.withDeadline(FOREVER, 8));
    assertThat(without.requestMicrosWithDeadline().count()).isEqualTo(64);
    assertThat(without.requestMicrosWithDeadline().quantile(.97)).isGreaterThan(1.04 * micros);
    Outcome with = run(exitRate, BATCH.withDeadline(micros, 8));
    assertThat(with.lateRequests()).isZero();
    assertThat(with.requestMicrosWithDeadline().max()).isLessThanOrEqualTo(micros);
    assertThat(with.tokensBySegment()).as("exits").containsExactly(without.tokensBySegment());
    assertThat(with.tokensPerSecond()).isGreaterThan(.95 * without.tokensPerSecond());
  }

  @ParameterizedTest
  @ValueSource(doubles = {.7, .95})
  void deadlinesThatNobodyCanKeepCostNoMoreThanEarlyFlushes(double exitRate) {
    Outcome hopeless = run(exitRate, BATCH.withDeadline(1_000, 1));
    assertThat(hopeless.lateRequests()).isEqualTo(512);
    assertThat(hopeless.tokens()).as("all go on to their end").isEqualTo(512 * 64);
    Scenario cell = Cells.batch(64, exitRate, BATCH);
    Scenario without = cell.with(cell.policy(), LATE);
    assertThat(hopeless.tokensPerSecond())
        .as("a deadline that has passed forces nothing")
        .isGreaterThan(.98 * Simulation.run(without).tokensPerSecond());
  }

  /** Most of them are late by a little, which is when they force the most flushes. */
  @Test
  void deadlinesThatMostRowsMissCostLittle() {
    Scenario cell = Cells.batch(64, .95, BATCH);
    double without = Simulation.run(cell.with(cell.policy(), LATE)).tokensPerSecond();
    Outcome with = run(.95, BATCH.withDeadline(300_000, 1));
    assertThat(with.lateRequests()).isGreaterThan(500);
    assertThat(with.tokensPerSecond()).isGreaterThan(.98 * without);
  }

  private static Outcome run(double exitRate, Demand.Batch batch) {
    Scenario cell = Cells.batch(64, exitRate, batch);
    return Simulation.run(cell.with(cell.policy(), LATE));
  }
}
