package io.drex.demo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.drex.demo.recipe.Batch;
import io.drex.demo.recipe.ModelShape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Teacher-forced scores on unseen summaries, by exit: the ramps, then full depth.
 *
 * @param exits one per exit
 */
record Validation(List<Exit> exits) {
  private static final float CONFIDENT = .9f;

  /**
   * Scores at one exit.
   *
   * @param accuracy share of summary tokens that were predicted
   * @param exact share of summaries of which every token was
   * @param confident share of tokens with a largest probability of at least .9
   * @param agreement share of these whose prediction is that of full depth; 1 if there are none
   */
  record Exit(double accuracy, double exact, double confident, double agreement) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "accuracy %.4f exact %.3f confident %.3f agreeing %.4f",
          accuracy,
          exact,
          confident,
          agreement);
    }
  }

  /** Scores the weights on batches without article positions. */
  static Validation of(Replica replica, ModelShape shape, List<Batch> batches) {
    Tally[] tallies = new Tally[shape.ramps().size() + 1];
    for (int exit = 0; exit < tallies.length; exit++) {
      tallies[exit] = new Tally();
    }
    for (Batch batch : batches) {
      NDArray flat = replica.flat();
      try (NDManager step = flat.getManager().newSubManager()) {
        NDArray probabilities = replica.llama().logits(flat, batch, step).softmax(-1);
        long[] predicted = probabilities.argMax(-1).toLongArray();
        float[] confidence = probabilities.max(new int[] {-1}).toFloatArray();
        int full = shape.ramps().size() * batch.summaryCount();
        for (int exit = 0; exit < tallies.length; exit++) {
          tallies[exit].add(batch, predicted, confidence, exit * batch.summaryCount(), full);
        }
      }
    }
    return new Validation(Arrays.stream(tallies).map(Tally::scores).toList());
  }

  private static final class Tally {
    private long tokens;
    private long right;
    private long summaries;
    private long exact;
    private long confident;
    private long agreeing;

    /** Counts the rows from {@code first} on; {@code full} is full depth's first row. */
    void add(Batch batch, long[] predicted, float[] confidence, int first, int full) {
      boolean[] wrong = new boolean[batch.sequences()];
      for (int i = 0; i < batch.summaryCount(); i++) {
        boolean hit = predicted[first + i] == batch.targets()[i];
        right += hit ? 1 : 0;
        wrong[(int) (batch.positions()[i] / batch.length())] |= !hit;
        if (confidence[first + i] >= CONFIDENT) {
          confident++;
          agreeing += predicted[first + i] == predicted[full + i] ? 1 : 0;
        }
      }
      tokens += batch.summaryCount();
      summaries += wrong.length;
      for (boolean one : wrong) {
        exact += one ? 0 : 1;
      }
    }

    Exit scores() {
      double agreement = confident == 0 ? 1 : agreeing / (double) confident;
      return new Exit(
          right / (double) tokens,
          exact / (double) summaries,
          confident / (double) tokens,
          agreement);
    }
  }
}
