package io.drex.simulate;

import io.drex.device.sim.SimModel;
import java.util.Arrays;

/** What is asked of a simulated engine. Sequences are as long as stated; none stops earlier. */
public sealed interface Demand {

  /** Prompt lengths, in the order of arrival; all wait from the start. [request] */
  int[] promptTokens();

  /** Tokens to generate. [request] */
  int[] outputTokens();

  /**
   * Time that each request has from its slot on before it is late; infinite for any. The scheduler
   * knows of it. [request]
   */
  double[] deadlineMicros();

  /** Positions that a decode row attends to, or {@link SimModel#OWN_CONTEXT}. */
  int contextTokens();

  /** Tokens to generate before measuring starts. */
  long warmUpTokens();

  /** Tokens to measure; the run ends there, or with the last request. */
  long measuredTokens();

  /**
   * Sequences that decode for ever at a steady context, their prompts free: every slot is taken all
   * the time.
   *
   * @param slots of the engine
   */
  record DecodeOnly(int slots, int contextTokens, long measuredTokens) implements Demand {
    /** A policy may run some sequences this much more often than others. */
    private static final int UNEVEN = 4;

    public DecodeOnly {
      if (slots < 1 || contextTokens < 1 || measuredTokens < slots) {
        throw new IllegalArgumentException(
            "decoding needs a slot, a context token and a token of each slot to measure, not "
                + slots
                + ", "
                + contextTokens
                + " and "
                + measuredTokens);
      }
    }

    @Override
    public int[] promptTokens() {
      return filled(1);
    }

    @Override
    public int[] outputTokens() {
      return filled(
          (int) Math.min(1 << 20, UNEVEN * (warmUpTokens() + measuredTokens) / slots + 64));
    }

    @Override
    public double[] deadlineMicros() {
      double[] none = new double[2 * slots];
      Arrays.fill(none, Double.POSITIVE_INFINITY);
      return none;
    }

    @Override
    public long warmUpTokens() {
      return measuredTokens / 10;
    }

    private int[] filled(int value) {
      int[] all = new int[2 * slots];
      Arrays.fill(all, value);
      return all;
    }
  }

  /**
   * A queue of requests that is worked off to its end. A request takes the slot of one that has
   * finished, so that a request's completion time counts from its slot.
   *
   * @param promptTokens at least 1 each. [request]
   * @param outputTokens at least 1 each. [request]
   * @param deadlineMicros from the slot on, infinite for any. [request]
   */
  record Batch(int[] promptTokens, int[] outputTokens, double[] deadlineMicros) implements Demand {
    public Batch {
      int requests = promptTokens.length;
      if (requests == 0 || requests != outputTokens.length || requests != deadlineMicros.length) {
        throw new IllegalArgumentException(
            "a batch needs a request, and an output length and a deadline for each prompt, not "
                + requests
                + ", "
                + outputTokens.length
                + " and "
                + deadlineMicros.length);
      }
    }

    /** Requests of one size. */
    public static Batch of(int requests, int promptTokens, int outputTokens) {
      int[] prompts = new int[requests];
      int[] outputs = new int[requests];
      double[] deadlines = new double[requests];
      Arrays.fill(prompts, promptTokens);
      Arrays.fill(outputs, outputTokens);
      Arrays.fill(deadlines, Double.POSITIVE_INFINITY);
      return new Batch(prompts, outputs, deadlines);
    }

    /** The same where one in so many requests has so much time. */
    public Batch withDeadline(double micros, int oneIn) {
      double[] deadlines = new double[promptTokens.length];
      for (int request = 0; request < deadlines.length; request++) {
        deadlines[request] = request % oneIn == 0 ? micros : Double.POSITIVE_INFINITY;
      }
      return new Batch(promptTokens, outputTokens, deadlines);
    }

    @Override
    public int contextTokens() {
      return SimModel.OWN_CONTEXT;
    }

    @Override
    public long warmUpTokens() {
      return 0;
    }

    @Override
    public long measuredTokens() {
      return Long.MAX_VALUE;
    }
  }
}
