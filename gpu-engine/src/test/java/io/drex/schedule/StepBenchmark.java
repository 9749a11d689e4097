package io.drex.schedule;

import java.util.Arrays;

/**
 * Prints what plan and apply cost per step with 64 sequences alive and none, or 100,000, waiting.
 * Not a test: run it alone on a quiet machine.
 */
public final class StepBenchmark {
  private static final int ROUNDS = 15;
  private static final int STEPS = 1_000;

  private StepBenchmark() {}

  public static void main(String[] args) {
    SteadyState none = new SteadyState(0);
    SteadyState many = new SteadyState(100_000);
    double[] noneMicros = new double[ROUNDS];
    double[] manyMicros = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) { // interleaved, so that noise meets both
      noneMicros[round] = microsPerStep(none);
      manyMicros[round] = microsPerStep(many);
    }
    print("0 waiting", noneMicros);
    print("100,000 waiting", manyMicros);
  }

  private static double microsPerStep(SteadyState state) {
    long[] nanos = new long[STEPS];
    for (int step = 0; step < STEPS; step++) {
      long before = state.nanos();
      state.run(1);
      nanos[step] = state.nanos() - before;
    }
    Arrays.sort(nanos); // the median step was not interrupted
    return nanos[STEPS / 2] / 1e3;
  }

  /** The first third of the rounds warms up. */
  private static void print(String what, double[] rounds) {
    double[] micros = Arrays.copyOfRange(rounds, ROUNDS / 3, ROUNDS);
    Arrays.sort(micros);
    System.out.printf(
        "%-16s plan + apply, microseconds per step: median %.2f, least %.2f, most %.2f%n",
        what, micros[micros.length / 2], micros[0], micros[micros.length - 1]);
  }
}
