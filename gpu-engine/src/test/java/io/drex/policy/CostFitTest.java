package io.drex.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CostFitTest {
  private static final SegmentCost.Fitted TRUTH =
      new SegmentCost.Fitted(40, 2, 1.5, 0, 1, 0, .01, .5);

  private final Random random = new Random(11);

  @Test
  void findsTheCostsBehindNoisyCalls() {
    CostFit fit = new CostFit("test", 1);
    observe(fit, TRUTH, 4_000, .1);
    assertAgrees(fit.snapshot().get(), TRUTH, .05);
  }

  @Test
  void fitsARooflineWhereverItWasMeasured() {
    CostTable roofline = CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_13B, 20);
    CostFit fit = new CostFit("test", 2);
    for (int segment = 0; segment < 2; segment++) {
      for (int i = 0; i < 1_000; i++) {
        int rows = 1 + random.nextInt(200);
        double context = rows * 600.0;
        fit.observe(
            segment, rows, context, 0, rows, roofline.micros(segment, rows, context, 0, rows));
      }
    }
    CostTable table = fit.snapshot().get();
    for (int rows = 1; rows <= 200; rows += 7) {
      double truth = roofline.micros(1, rows, rows * 600, 0, rows);
      assertThat(table.micros(1, rows, rows * 600, 0, rows)).isCloseTo(truth, within(.02 * truth));
    }
  }

  @Test
  void anInterruptedCallPullsLittle() {
    CostFit fit = new CostFit("test", 1);
    observe(fit, TRUTH, 500, 0);
    for (int i = 0; i < 5; i++) {
      fit.observe(0, 16, 1_600, 0, 16, 1_000_000);
    }
    assertAgrees(fit.snapshot().get(), TRUTH, .03);
  }

  @Test
  void followsCostsThatChangeAndKeepsWhatItWasToldToKeep() {
    CostFit fit = new CostFit("test", 1);
    observe(fit, TRUTH, 1_000, 0);
    fit.keep();
    for (int i = 0; i < 8_000; i++) { // the device has become slower, and is seen at 64 rows only
      fit.observe(0, 64, 6_400, 0, 64, 1.5 * TRUTH.micros(64, 6_400, 0, 64));
    }
    CostTable table = fit.snapshot().get();
    double slower = 1.5 * TRUTH.micros(64, 6_400, 0, 64);
    assertThat(table.micros(0, 64, 6_400, 0, 64)).isCloseTo(slower, within(.1 * slower));
    double small = TRUTH.micros(1, 100, 0, 1);
    assertThat(table.micros(0, 1, 100, 0, 1)).isBetween(.5 * small, 1.6 * small);
  }

  @Test
  void isNeverNegativeAndNeverFallsWhateverWasMeasured() {
    for (int trial = 0; trial < 50; trial++) {
      CostFit fit = new CostFit("test", 1);
      for (int i = 0; i < 40; i++) {
        int rows = random.nextInt(300);
        fit.observe(
            0, rows, random.nextInt(10_000), random.nextInt(300), rows, 100 * random.nextDouble());
      }
      CostTable table = fit.snapshot().get();
      double before = 0;
      for (int rows = 1; rows < 300; rows++) {
        double micros = table.micros(0, rows, rows * 10, 0, rows);
        assertThat(micros).isGreaterThanOrEqualTo(before);
        before = micros;
      }
    }
  }

  @Test
  void isReadyOnceEverySegmentWasSeenOften() {
    CostFit fit = new CostFit("test", 2);
    for (int i = 0; i < 8; i++) {
      assertThat(fit.isReady()).isFalse();
      fit.observe(0, 1, 1, 0, 1, 1);
      fit.observe(1, 1, 1, 0, 1, 1);
    }
    assertThat(fit.isReady()).isTrue();
  }

  private void observe(CostFit fit, SegmentCost truth, int calls, double noise) {
    for (int i = 0; i < calls; i++) {
      int rows = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(200);
      int prompt = random.nextInt(3) == 0 ? 1 + random.nextInt(250) : 0;
      int heads = random.nextBoolean() ? rows : 0;
      double context = rows * (1.0 + random.nextInt(500));
      double exact = truth.micros(rows, context, prompt, heads);
      double off = 1 + noise * random.nextGaussian();
      fit.observe(0, rows, context, prompt, heads, exact * Math.max(.5, off));
    }
  }

  private static void assertAgrees(CostTable table, SegmentCost truth, double tolerance) {
    for (int rows : List.of(1, 4, 16, 64, 150)) {
      for (int prompt : List.of(0, 32, 200)) {
        double exact = truth.micros(rows, rows * 200, prompt, rows);
        assertThat(table.micros(0, rows, rows * 200, prompt, rows))
            .as("%d rows, %d prompt rows", rows, prompt)
            .isCloseTo(exact, within(tolerance * exact));
      }
    }
  }
}
