package io.drex.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.policy.FlushPolicy;
import io.drex.policy.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * What α buys where most rows leave early, so that the others wait long for company. The mean time
 * of a request is no part of it: with all slots taken it is slots over throughput, whatever waits.
 */
class AgeFactorTest {
  private static final double[] FACTORS = {0, .1, .3, 1, 3, 10};

  /** From one factor to the next, either may go the other way by this much: another schedule. */
  private static final double TOLERANCE = 1.015;

  private static final Scenario CELL = Cells.batch(64, .95, Demand.Batch.of(512, 64, 64));

  @Test
  void tradesThroughputOfRebatchForShorterWaits() {
    FlushPolicy.Planned planned = (FlushPolicy.Planned) CELL.flush();
    List<Outcome> sweep =
        sweep(CELL, patience -> new FlushPolicy.Planned(planned.table(), patience));
    assertWaitsShorten(sweep);
    for (int i = 1; i < sweep.size(); i++) {
      assertThat(sweep.get(i).tokensPerSecond())
          .as("α = %s", FACTORS[i])
          .isLessThan(TOLERANCE * sweep.get(i - 1).tokensPerSecond());
    }
    double most = sweep.get(0).tokensPerSecond();
    assertThat(sweep.get(sweep.size() - 1).tokensPerSecond()).isBetween(.85 * most, .95 * most);
  }

  /** Not for throughput: half of the slots wait all the time, so that batches are full anyway. */
  @Test
  void shortensTheWaitsOfArt() {
    Scenario art = Cells.art(CELL, "art:0");
    int batchRows = art.policy().batchRows(art.slots());
    assertWaitsShorten(sweep(art, patience -> new FlushPolicy.Art(batchRows, batchRows, patience)));
  }

  private static void assertWaitsShorten(List<Outcome> sweep) {
    for (int i = 1; i < sweep.size(); i++) {
      assertThat(wait(sweep.get(i)))
          .as("α = %s", FACTORS[i])
          .isLessThan(TOLERANCE * wait(sweep.get(i - 1)));
    }
    assertThat(wait(sweep.get(sweep.size() - 1))).isLessThan(.2 * wait(sweep.get(0)));
  }

  private static double wait(Outcome outcome) {
    return outcome.bufferedMicros().quantile(.99);
  }

  private static List<Outcome> sweep(Scenario cell, Function<Patience, FlushPolicy> flush) {
    List<Outcome> outcomes = new ArrayList<>();
    for (double factor : FACTORS) {
      FlushPolicy policy = flush.apply(new Patience(Cells.MAX_AGE, factor));
      outcomes.add(Simulation.run(cell.with(cell.policy(), policy)));
    }
    return outcomes;
  }
}
