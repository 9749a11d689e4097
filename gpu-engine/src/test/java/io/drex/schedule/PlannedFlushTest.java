package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.policy.CostTable;
import io.drex.policy.FlushLoad;
import io.drex.policy.FlushPlanner;
import io.drex.policy.Gpu;
import io.drex.schedule.VirtualRun.Rows;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The real scheduler with planned thresholds, on the clock of a modelled H200 with Llama-2 13B:
 * what it reaches beside the best fixed threshold in hindsight, and beside {@code full_depth}.
 */
class PlannedFlushTest {
  private static final double[] HALF = {.5};
  private static final double[] NO_RAMP = {};
  private static final long SEED = 7;

  private static final double[] EXIT_RATES = {.3, .5, .7, .85};

  @Test
  void decodesAsFastAsTheBestThresholdOfOneRampAndAsFullDepthWithItsHead() {
    for (double ramp : new double[] {.25, .5, .625}) {
      CostTable costs = h200(ramp);
      for (int slots : new int[] {8, 16, 64, 128, 256}) {
        int context = slots == 256 ? 200 : 600;
        double all = (double) slots * context;
        double fullDepth =
            slots / (costs.micros(0, slots, all, 0, slots) + costs.micros(1, slots, all, 0, slots));
        for (double p : EXIT_RATES) {
          FlushPlanner planner = new FlushPlanner(costs, slots, 100);
          FlushLoad load = FlushLoad.decodeOnly(List.of(p), context);
          double best = 0;
          for (int threshold = 1; threshold <= slots; threshold++) {
            best = Math.max(best, planner.forecast(load, slots, threshold));
          }
          String cell = "ramp at %s, %d slots, exit rate %s".formatted(ramp, slots, p);
          double planned = decodeRate(slots, context, p, ramp);
          assertThat(planned).as(cell).isGreaterThan(.98 * best);
          assertThat(planned).as(cell).isGreaterThan(fullDepth);
        }
      }
    }
  }

  @Test
  void decodesNearlyAsFastAsTheBestPairOfTwoRamps() {
    for (double[] ramps : new double[][] {{.25, .5}, {.5, .75}}) {
      for (int slots : new int[] {32, 128}) {
        for (double p : new double[] {.3, .5, .7}) {
          FlushPlanner planner = new FlushPlanner(h200(ramps), slots, 100);
          FlushLoad load = FlushLoad.decodeOnly(List.of(p, p), 600);
          double best = 0;
          for (int first = slots / 8; first <= slots; first += slots / 8) {
            for (int second = slots / 8; second <= slots; second += slots / 8) {
              best = Math.max(best, planner.forecast(load, slots, first, second));
            }
          }
          assertThat(decodeRate(slots, 600, p, ramps))
              .as("ramps at %s, %d slots, exit rates %s", Arrays.toString(ramps), slots, p)
              .isGreaterThan(.97 * best);
        }
      }
    }
  }

  @Test
  void followsAnExitRateThatDrifts() {
    DoubleUnaryOperator drift = share -> share < .5 ? .3 : .8;
    for (double ramp : new double[] {.25, .5}) {
      Rows rows = new Rows(64, 400, 500, 500);
      double planned = run(64, ramp, rows).withExitRate(drift).planned();
      for (int threshold = 1; threshold <= 64; threshold += 7) {
        assertThat(planned)
            .as("ramp at %s, against %d", ramp, threshold)
            .isGreaterThan(.95 * run(64, ramp, rows).withExitRate(drift).fixed(threshold));
      }
    }
  }

  @Test
  void drainsAFiniteQueue() {
    for (double ramp : new double[] {.25, .5}) {
      Rows rows = new Rows(150, 100, 32, 400);
      double planned = run(64, ramp, rows).withExitRate(.6).planned();
      for (int threshold = 1; threshold <= 64; threshold += 7) {
        assertThat(planned)
            .as("ramp at %s, against %d", ramp, threshold)
            .isGreaterThan(.95 * run(64, ramp, rows).withExitRate(.6).fixed(threshold));
      }
    }
  }

  @Test
  void servesPromptsAsWellAsTheBestThresholdAndFullDepthLessTheRampsHead() {
    for (int[] inAndOut : new int[][] {{512, 64}, {128, 256}}) {
      for (int slots : new int[] {16, 64}) {
        Rows rows = new Rows(4 * slots, inAndOut[0], inAndOut[1], inAndOut[1]);
        double fullDepth =
            new VirtualRun(slots, NO_RAMP, rows, SEED).withHeadOf(h200(HALF)).fixed(1);
        for (double p : EXIT_RATES) {
          double planned = run(slots, .5, rows).withExitRate(p).planned();
          String cell =
              "%d in, %d out, %d slots, exit rate %s".formatted(inAndOut[0], inAndOut[1], slots, p);
          assertThat(planned).as(cell).isGreaterThanOrEqualTo(fullDepth);
          for (int threshold = 1; threshold <= slots; threshold += slots / 4) {
            assertThat(planned)
                .as("%s, against %d", cell, threshold)
                .isGreaterThan(.98 * run(slots, .5, rows).withExitRate(p).fixed(threshold));
          }
        }
      }
    }
  }

  @Test
  void noRequestTakesMuchLongerThanAtFullDepth() {
    for (int slots : new int[] {64, 128}) {
      Rows rows = new Rows(4 * slots, 128, 64, 256);
      VirtualRun fullDepth = new VirtualRun(slots, NO_RAMP, rows, SEED);
      fullDepth.fixed(1);
      for (double p : new double[] {.5, .7, .85}) {
        for (double ramp : new double[] {.25, .5, .625}) {
          VirtualRun rebatch = run(slots, ramp, rows).withExitRate(p);
          rebatch.planned();
          assertThat(p99(rebatch))
              .as("ramp at %s, %d slots, exit rate %s", ramp, slots, p)
              .isLessThan(1.2 * p99(fullDepth));
        }
      }
    }
  }

  /** Of rows whose context grows from two thirds of this to four thirds, in enough runs. */
  private static double decodeRate(int slots, int context, double p, double... ramps) {
    Rows rows = new Rows(slots, context * 2 / 3, context * 2 / 3, context * 2 / 3);
    long tokens = 0;
    double micros = 0;
    for (int seed = 0; seed < Math.max(1, 48 / slots); seed++) {
      VirtualRun run = new VirtualRun(slots, ramps, rows, seed).withExitRate(p);
      run.planned();
      tokens += run.decodeTokens();
      micros += run.decodeMicros();
    }
    return tokens / micros;
  }

  private static CostTable h200(double... ramps) {
    return CostTable.modelled(Gpu.H200, VirtualRun.SHAPE, VirtualRun.depths(ramps));
  }

  private static VirtualRun run(int slots, double ramp, Rows rows) {
    return new VirtualRun(slots, ramp == .5 ? HALF : new double[] {ramp}, rows, SEED);
  }

  private static double p99(VirtualRun run) {
    List<Double> sorted = run.completionMicros().stream().sorted().toList();
    return sorted.get((int) Math.ceil(.99 * sorted.size()) - 1);
  }
}
