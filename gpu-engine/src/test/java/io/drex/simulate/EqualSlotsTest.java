package io.drex.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Policies at equal slots, decode only, one ramp: what the paper's tables leave out, since its
 * policy holds up to twice the slots of its baselines.
 */
class EqualSlotsTest {
  private static final double[] DEPTHS = {.25, .5, .625};
  private static final double[] EXIT_RATES = {.3, .5, .7, .85};
  private static final long TOKENS = 60_000;

  @ParameterizedTest
  @CsvSource({"8, 600", "16, 600", "64, 600", "128, 600", "256, 200"})
  void rebatchBeatsArtAndIsNoSlowerThanFullDepth(int slots, int context) {
    for (double depth : DEPTHS) {
      for (double exitRate : EXIT_RATES) {
        Scenario cell = Cells.decodeOnly(slots, context, depth, exitRate, TOKENS);
        double rebatch = Simulation.run(cell).tokensPerSecond();
        String where = "ramp at %.3f, exit rate %.2f".formatted(depth, exitRate);
        for (String art : new String[] {"art", "art:0", "art:" + slots / 8, "art:" + slots / 4}) {
          assertThat(rebatch)
              .as("against %s, %s", art, where)
              .isGreaterThanOrEqualTo(Simulation.run(Cells.art(cell, art)).tokensPerSecond());
        }
        assertThat(rebatch)
            .as("against full_depth, %s", where)
            .isGreaterThanOrEqualTo(Cells.fullDepthWithHead(cell));
      }
    }
  }
}
