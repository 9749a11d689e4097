package io.drex.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.sim.ExitProcess;
import io.drex.policy.CostTable;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import io.drex.policy.RebatchThreshold;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The shares that the authors of DREX measured: Llama-2-70B, batches of 8, ramp after layer 50 of
 * 80, fixed rebatching thresholds.
 */
class AuthorsFiguresTest {
  private static final int BATCH = 8;
  private static final double POINTS = .015;

  @ParameterizedTest
  @CsvSource({
    "0, .465, .000",
    "1, .462, .017",
    "2, .290, .106",
    "3, .082, .209",
    "4, .035, .268",
    "5, .012, .308"
  })
  void artExitsAndKeepsBackAsManyRowsAsTheirs(int threshold, double exits, double stays) {
    double confident = exits + stays * (1 - exits); // share of the rows that wanted to leave
    Scenario scenario =
        new Scenario(
            CostTable.modelled(Gpu.A100, ModelShape.LLAMA_2_70B, 50),
            80,
            List.of(50),
            ExitProcess.Bernoulli.of(confident),
            new ExitPolicy.Art(new RebatchThreshold.Fixed(threshold)),
            new FlushPolicy.Fixed(BATCH, 100),
            2 * BATCH + 1,
            64,
            new Demand.DecodeOnly(2 * BATCH + 1, 400, 200_000),
            1);
    Outcome outcome = Simulation.run(scenario);
    assertThat(outcome.exitShare()).isCloseTo(exits, within(POINTS));
    assertThat(outcome.involuntaryStayShare()).isCloseTo(stays, within(POINTS));
    assertThat(outcome.involuntaryExits()).isZero();
  }
}
