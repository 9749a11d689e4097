package io.drex.model;

/** What a model did to its rotary frequencies to reach longer contexts. */
public sealed interface RopeScaling {

  /**
   * The frequency that takes the place of a plain one.
   *
   * @param frequency radians per position
   */
  double apply(double frequency);

  /** Nothing: {@code rope_type} {@code default}. */
  record None() implements RopeScaling {
    @Override
    public double apply(double frequency) {
      return frequency;
    }
  }

  /**
   * Llama 3.1's: {@code rope_type} {@code llama3}. Frequencies that turn at least {@code
   * highFreqFactor} times within the original context stay, those that turn at most {@code
   * lowFreqFactor} times are divided by {@code factor}, and between the two the share that is
   * divided falls linearly with the number of turns.
   *
   * @param factor at least 1
   * @param lowFreqFactor turns, above 0
   * @param highFreqFactor turns, above {@code lowFreqFactor}
   * @param originalPositions the context that the model was first trained with
   */
  record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalPositions)
      implements RopeScaling {
    @Override
    public double apply(double frequency) {
      double turns = originalPositions * frequency / (2 * Math.PI);
      double kept = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
      if (kept >= 1) {
        return frequency;
      }
      double divided = frequency / factor;
      return kept <= 0 ? divided : (1 - kept) * divided + kept * frequency;
    }
  }
}
