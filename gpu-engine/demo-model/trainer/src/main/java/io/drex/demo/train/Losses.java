package io.drex.demo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.drex.demo.recipe.Batch;
import io.drex.demo.recipe.Recipe;
import java.util.Arrays;

/**
 * Mean cross entropies of one batch, in nats per token.
 *
 * @param ramps one per ramp, of summary positions
 * @param full of summary positions at full depth
 * @param article of the article positions that paid; 0 if none did
 */
record Losses(double[] ramps, double full, double article) {

  /** −log p of every row's target, [rows], for rows as {@link Llama#logits} orders them. */
  static NDArray crossEntropies(NDArray logits, Recipe recipe, Batch batch, NDManager step) {
    int summaries = batch.summaryCount();
    int ramps = recipe.shape().ramps().size();
    long[] targets = new long[ramps * summaries + batch.targets().length];
    for (int ramp = 0; ramp < ramps; ramp++) {
      System.arraycopy(batch.targets(), 0, targets, ramp * summaries, summaries);
    }
    System.arraycopy(batch.targets(), 0, targets, ramps * summaries, batch.targets().length);
    NDArray column = step.create(targets, new Shape(targets.length, 1));
    return logits.logSoftmax(-1).gather(column, 1).reshape(targets.length).neg();
  }

  /** What each row's cross entropy weighs in the total loss, [rows]. */
  static float[] weights(Recipe recipe, Batch batch) {
    int summaries = batch.summaryCount();
    int ramps = recipe.shape().ramps().size();
    int articles = batch.targets().length - summaries;
    float[] weights = new float[(ramps + 1) * summaries + articles];
    for (int ramp = 0; ramp < ramps; ramp++) {
      float weight = (float) (recipe.rampWeights().get(ramp) / summaries);
      Arrays.fill(weights, ramp * summaries, (ramp + 1) * summaries, weight);
    }
    Arrays.fill(weights, ramps * summaries, (ramps + 1) * summaries, 1f / summaries);
    float article = (float) (recipe.articleWeight() / Math.max(1, articles));
    Arrays.fill(weights, (ramps + 1) * summaries, weights.length, article);
    return weights;
  }

  /** The means of rows as above. */
  static Losses of(float[] crossEntropies, Recipe recipe, Batch batch) {
    int summaries = batch.summaryCount();
    double[] ramps = new double[recipe.shape().ramps().size()];
    for (int ramp = 0; ramp < ramps.length; ramp++) {
      ramps[ramp] = mean(crossEntropies, ramp * summaries, (ramp + 1) * summaries);
    }
    int articles = (ramps.length + 1) * summaries;
    return new Losses(
        ramps,
        mean(crossEntropies, ramps.length * summaries, articles),
        mean(crossEntropies, articles, crossEntropies.length));
  }

  private static double mean(float[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return to == from ? 0 : sum / (to - from);
  }
}
