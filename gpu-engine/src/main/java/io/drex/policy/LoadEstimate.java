package io.drex.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the rows of late were like: exit rates, context, lengths. Averages that forget, updated in
 * constant time at every step. Mutable; owned by the scheduler's thread.
 */
public final class LoadEstimate {
  /** Rows of memory: older ones fade. */
  private static final int MEMORY_ROWS = 1_024;

  /** Rows that the first guess of an exit rate weighs. */
  private static final int GUESS_ROWS = 8;

  private static final double GUESSED_EXIT_RATE = .5;
  private static final int MEMORY_SEQUENCES = 64;
  private static final int MEMORY_CALLS = 64;

  private final double[] exitRates; // [ramp], as is the next
  private final int[] seenRows; // at most MEMORY_ROWS
  private double contextTokens;
  private int contextRows;
  private double promptTokens;
  private double outputTokens;
  private double alive; // while prompts waited
  private int callsBesideWaiting;
  private int admitted;
  private int prompts;
  private int ended;

  public LoadEstimate(int ramps) {
    exitRates = new double[ramps];
    seenRows = new int[ramps];
    Arrays.fill(exitRates, GUESSED_EXIT_RATE);
    Arrays.fill(seenRows, GUESS_ROWS);
  }

  /**
   * Notes decode rows that met a ramp.
   *
   * @param left those of them that left there
   */
  public void met(int ramp, int rows, int left) {
    if (rows > 0) {
      double weight = rows / (double) (seenRows[ramp] + rows);
      exitRates[ramp] += weight * (left / (double) rows - exitRates[ramp]);
      seenRows[ramp] = Math.min(MEMORY_ROWS, seenRows[ramp] + rows);
    }
  }

  /**
   * Notes decode rows of a call.
   *
   * @param tokens positions that they attended to, summed over the rows
   */
  public void attended(int rows, long tokens) {
    if (rows > 0) {
      double weight = rows / (double) (contextRows + rows);
      contextTokens += weight * (tokens / (double) rows - contextTokens);
      contextRows = Math.min(MEMORY_ROWS, contextRows + rows);
    }
  }

  /**
   * Notes a sequence that got a slot.
   *
   * @param limit most tokens that it may generate: a guess of how many it will, until one ended
   */
  public void admitted(int limit) {
    admitted = Math.min(MEMORY_SEQUENCES, admitted + 1);
    if (ended == 0) {
      outputTokens += (limit - outputTokens) / admitted;
    }
  }

  /**
   * Notes a prompt that has passed.
   *
   * @param ran those of its tokens that ran: the others were found computed
   */
  public void prefilled(int ran) {
    prompts = Math.min(MEMORY_SEQUENCES, prompts + 1);
    promptTokens += (ran - promptTokens) / prompts;
  }

  /** Notes a sequence that ended with so many generated tokens. */
  public void ended(int output) {
    ended = Math.min(MEMORY_SEQUENCES, ended + 1);
    outputTokens += (output - outputTokens) / ended;
  }

  /** Notes the sequences alive, where no more of those that wait could be admitted. */
  public void full(int sequences) {
    callsBesideWaiting = Math.min(MEMORY_CALLS, callsBesideWaiting + 1);
    alive += (sequences - alive) / callsBesideWaiting;
  }

  /** Sequences alive while others wait; 0 if none ever waited. */
  public int aliveWhenFull() {
    return (int) Math.round(alive);
  }

  /** Rows that met the first ramp, their number known up to the memory's length. */
  public int seenRows() {
    return seenRows.length == 0 ? 0 : seenRows[0] - GUESS_ROWS;
  }

  /** The share of rows meeting a ramp that leave there. */
  public double exitRate(int ramp) {
    return exitRates[ramp];
  }

  /** Positions that a decode row attends to, on average. */
  public double contextTokens() {
    return contextTokens;
  }

  /** The load of now, decode rows alone. */
  public FlushLoad decoding() {
    return FlushLoad.decodeOnly(rates(), contextTokens);
  }

  /** The load of now, where prompts wait for a slot. */
  public FlushLoad withPrompts(int maxPrefillTokens) {
    int prompt = Math.max(1, (int) Math.round(promptTokens));
    return new FlushLoad(rates(), contextTokens, prompt, outputTokens, maxPrefillTokens);
  }

  private List<Double> rates() {
    List<Double> rates = new ArrayList<>();
    for (double rate : exitRates) {
      rates.add(rate);
    }
    return rates;
  }
}
