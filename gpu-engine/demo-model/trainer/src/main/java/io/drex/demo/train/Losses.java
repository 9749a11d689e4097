package io.drex.demo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.drex.demo.recipe.Batch;
import io.drex.demo.recipe.Recipe;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

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

  /** What each row's cross entropy weighs in the whole batch's loss, [rows]. */
  static float[] weights(Recipe recipe, Batch.Shard shard) {
    Batch batch = shard.batch();
    int summaries = batch.summaryCount();
    int ramps = recipe.shape().ramps().size();
    float[] weights = new float[ramps * summaries + batch.targets().length];
    for (int ramp = 0; ramp < ramps; ramp++) {
      float weight = (float) (recipe.losses().rampWeights().get(ramp) / shard.summaries());
      Arrays.fill(weights, ramp * summaries, (ramp + 1) * summaries, weight);
    }
    int articles = (ramps + 1) * summaries;
    Arrays.fill(weights, ramps * summaries, articles, 1f / shard.summaries());
    float article = (float) (recipe.losses().articleWeight() / Math.max(1, shard.articles()));
    Arrays.fill(weights, articles, weights.length, article);
    return weights;
  }

  /** The means over all shards of a batch; {@code crossEntropies} are theirs, in order. */
  static Losses of(List<Batch.Shard> shards, List<float[]> crossEntropies, int ramps) {
    double[] sums = new double[ramps + 2];
    for (int i = 0; i < shards.size(); i++) {
      int summaries = shards.get(i).batch().summaryCount();
      float[] values = crossEntropies.get(i);
      for (int exit = 0; exit <= ramps; exit++) {
        sums[exit] += sum(values, exit * summaries, (exit + 1) * summaries);
      }
      sums[ramps + 1] += sum(values, (ramps + 1) * summaries, values.length);
    }
    Batch.Shard any = shards.get(0);
    for (int exit = 0; exit <= ramps; exit++) {
      sums[exit] /= any.summaries();
    }
    double article = sums[ramps + 1] / Math.max(1, any.articles());
    return new Losses(Arrays.copyOf(sums, ramps), sums[ramps], article);
  }

  private static double sum(float[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "loss %.4f, ramps %s, article %.4f", full, Arrays.toString(ramps), article);
  }
}
