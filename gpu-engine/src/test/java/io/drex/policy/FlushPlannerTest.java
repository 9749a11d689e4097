package io.drex.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Plans against exact expectations, long runs of an independent simulation, and each other. */
class FlushPlannerTest {
  private static final ModelShape SHAPE = ModelShape.LLAMA_2_13B;
  private static final double[] EXIT_RATES = {.3, .5, .7, .85};
  private static final double[] RAMPS = {.25, .5, .625};
  private static final int[] SLOTS = {8, 16, 64, 128, 256};
  private static final int AGE = 1_000;

  @Test
  void exactRatesAgreeWithLongRuns() {
    Random random = new Random(3);
    CostTable costs = h200(.5);
    for (int i = 0; i < 12; i++) {
      int live = 1 + random.nextInt(40);
      int threshold = 1 + random.nextInt(live);
      double p = .05 + .9 * random.nextDouble();
      double exact = cycle(costs, live, p, 600).rate(threshold);
      double run =
          new RowSimulation(costs, new double[] {p}, 600, new int[] {threshold})
              .rate(live, 60_000, i);
      assertThat(run)
          .as("%d live, threshold %d, exit rate %.2f", live, threshold, p)
          .isCloseTo(exact, within(.006 * exact));
    }
  }

  @Test
  void countedQueuesAgreeWithLongRuns() {
    CostTable costs = h200(.25, .5);
    for (int live : new int[] {5, 32, 200}) {
      int[] thresholds = {(live + 1) / 2, (live + 3) / 4};
      double counted =
          planner(costs, live)
              .forecast(FlushLoad.decodeOnly(List.of(.4, .6), 600), live, thresholds);
      double run =
          new RowSimulation(costs, new double[] {.4, .6}, 600, thresholds).rate(live, 60_000, 1);
      assertThat(counted).as("%d live", live).isCloseTo(run, within(.01 * run));
    }
  }

  @Test
  void findsTheBestThresholdOfOneRampAndNeverLosesMoreThanTheRampItself() {
    for (double ramp : RAMPS) {
      CostTable costs = h200(ramp);
      for (int live : SLOTS) {
        int context = contextOf(live);
        for (double p : EXIT_RATES) {
          FlushLoad load = FlushLoad.decodeOnly(List.of(p), context);
          FlushPlan plan = planner(costs, live).plan(load);
          OneRampCycle cycle = cycle(costs, live, p, context);
          double best = 0;
          for (int threshold = 1; threshold <= live; threshold++) {
            best = Math.max(best, cycle.rate(threshold));
          }
          double planned = cycle.rate(plan.table().enoughRows(1, live));
          String cell = "ramp at %s, %d slots, exit rate %s".formatted(ramp, live, p);
          assertThat(planned).as(cell).isGreaterThan(.9999 * best);
          assertThat(planned).as(cell).isGreaterThan(fullDepthWithRamp(costs, live, context));
        }
      }
    }
  }

  @Test
  void gainsWhatWasForetold() {
    double[] atHalf = {1.11, 1.21, 1.38, 1.56};
    double[] atQuarter = {1.19, 1.44, 1.83, 2.36};
    for (int i = 0; i < EXIT_RATES.length; i++) {
      FlushLoad load = FlushLoad.decodeOnly(List.of(EXIT_RATES[i]), 600);
      assertThat(planner(h200(.5), 128).plan(load).exitGain()).isCloseTo(atHalf[i], within(.01));
      assertThat(planner(h200(.25), 128).plan(load).exitGain())
          .isCloseTo(atQuarter[i], within(.01));
    }
  }

  @Test
  void findsGoodPairsForTwoRamps() {
    for (CostTable costs : List.of(h200(.25, .5), h200(.5, .75))) {
      for (int live : new int[] {32, 128}) {
        for (double p : new double[] {.3, .5, .7}) {
          FlushTable table =
              planner(costs, live).plan(FlushLoad.decodeOnly(List.of(p, p), 600)).table();
          double planned =
              longRun(costs, live, p, table.enoughRows(1, live), table.enoughRows(2, live));
          assertThat(planned)
              .as("%s, %d slots, exit rates %s", costs.segments().size(), live, p)
              .isGreaterThan(.97 * bestPair(costs, live, p));
        }
      }
    }
  }

  @Test
  void findsGoodThresholdsBesidePrompts() {
    for (int[] inAndOut : new int[][] {{512, 64}, {128, 256}}) {
      for (int live : new int[] {32, 128}) {
        for (double p : EXIT_RATES) {
          FlushLoad load =
              new FlushLoad(
                  List.of(p), inAndOut[0] + inAndOut[1] / 2, inAndOut[0], inAndOut[1], 256);
          FlushPlanner planner = planner(h200(.5), live);
          double planned = planner.plan(load).tokensPerMicro();
          for (int threshold = 1; threshold <= live; threshold += Math.max(1, live / 24)) {
            assertThat(planned)
                .as("%s, %d slots, exit rate %s against %s", inAndOut, live, p, threshold)
                .isGreaterThan(.98 * planner.forecast(load, live, threshold));
          }
        }
      }
    }
  }

  @Test
  void findsGoodThresholdsBesidePromptsWhereKvHoldsFewerThanAllSlots() {
    int slots = 128;
    int most = 40;
    for (int[] inAndOut : new int[][] {{512, 64}, {128, 256}}) {
      for (double p : EXIT_RATES) {
        FlushLoad load =
            new FlushLoad(List.of(p), inAndOut[0] + inAndOut[1] / 2, inAndOut[0], inAndOut[1], 256);
        FlushPlanner planner = planner(h200(.5), slots);
        FlushPlan plan = planner.plan(load, most);
        assertThat(plan.tokensPerMicro())
            .isEqualTo(planner.forecast(load, most, plan.table().enoughRows(1, most)));
        for (int threshold = 1; threshold <= most; threshold += 3) {
          assertThat(plan.tokensPerMicro())
              .as("%s in, exit rate %s against %s", inAndOut[0], p, threshold)
              .isGreaterThan(.97 * planner.forecast(load, most, threshold));
        }
        double share = plan.table().enoughRows(1, most) / (double) most;
        assertThat(plan.table().enoughRows(1, slots)).isCloseTo((int) (share * slots), within(1));
      }
    }
  }

  @Test
  void tellsWhereExitsLose() {
    assertThat(planner(h200(.625), 8).plan(FlushLoad.decodeOnly(List.of(.02), 600)).exitGain())
        .isBetween(.9, .99);
  }

  @Test
  void plansForEveryNumberOfLiveSequences() {
    FlushTable table =
        planner(h200(.25, .5), 50).plan(FlushLoad.decodeOnly(List.of(.5, .5), 600)).table();
    for (int live = 1; live <= 50; live++) {
      for (int segment = 1; segment <= 2; segment++) {
        assertThat(table.enoughRows(segment, live)).isBetween(1, live);
      }
    }
  }

  @Test
  void plansWhereAllLeaveOrNobodyDoes() {
    for (double p : new double[] {0, 1}) {
      FlushPlan plan = planner(h200(.5), 16).plan(FlushLoad.decodeOnly(List.of(p), 600));
      assertThat(plan.exitGain()).isPositive().isFinite();
    }
  }

  @Test
  void refusesALoadOfOtherRamps() {
    FlushPlanner planner = planner(h200(.5), 16);
    assertThatThrownBy(() -> planner.plan(FlushLoad.decodeOnly(List.of(.5, .5), 600)))
        .hasMessage("2 exit rates do not fit the 2 segments of cost table h200/llama-2-13b");
  }

  private static double bestPair(CostTable costs, int live, double p) {
    double best = 0;
    for (int first = live / 8; first <= live; first += live / 8) {
      for (int second = live / 8; second <= live; second += live / 8) {
        best = Math.max(best, longRun(costs, live, p, first, second));
      }
    }
    return best;
  }

  private static double longRun(CostTable costs, int live, double p, int first, int second) {
    return new RowSimulation(costs, new double[] {p, p}, 600, new int[] {first, second})
        .rate(live, 4_000, 5);
  }

  /** Tokens per microsecond of a full depth that also pays the ramp's head and a launch. */
  private static double fullDepthWithRamp(CostTable costs, int live, int context) {
    double tokens = (double) live * context;
    return live / (costs.micros(0, live, tokens, 0, live) + costs.micros(1, live, tokens, 0, live));
  }

  private static int contextOf(int live) {
    return live == 256 ? 200 : 600;
  }

  private static OneRampCycle cycle(CostTable costs, int live, double p, int context) {
    return new OneRampCycle(costs, FlushLoad.decodeOnly(List.of(p), context), 0, live);
  }

  private static FlushPlanner planner(CostTable costs, int slots) {
    return new FlushPlanner(costs, slots, AGE);
  }

  /** With ramps at these shares of the depth. */
  private static CostTable h200(double... ramps) {
    int[] depths = new int[ramps.length];
    for (int ramp = 0; ramp < ramps.length; ramp++) {
      depths[ramp] = (int) Math.round(ramps[ramp] * SHAPE.layers());
    }
    return CostTable.modelled(Gpu.H200, SHAPE, depths);
  }
}
