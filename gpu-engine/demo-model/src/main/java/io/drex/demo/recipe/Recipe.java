package io.drex.demo.recipe;

import java.util.List;

/**
 * All that decides a training run's result.
 *
 * @param shape the model's, its vocabulary as trained
 * @param batchTokens most tokens of a step, padding included
 * @param rampWeights one per ramp: its summary loss's share of the total
 * @param articleWeight the article loss's share of the total
 * @param articleShare share of article positions that pay it
 * @param maskMax largest share of a sequence's summary positions that exit in training
 * @param seed of weights, order and draws
 * @param firstIndex the first article's index
 */
public record Recipe(
    ModelShape shape,
    Schedule schedule,
    int batchTokens,
    List<Double> rampWeights,
    double articleWeight,
    double articleShare,
    double maskMax,
    long seed,
    long firstIndex) {

  public Recipe {
    rampWeights = List.copyOf(rampWeights);
    if (rampWeights.size() != shape.ramps().size()) {
      throw new IllegalArgumentException(
          "ramp-weights " + rampWeights + " must be one for each of the ramps " + shape.ramps());
    }
    if (batchTokens < 1) {
      throw new IllegalArgumentException("batch-tokens must be at least 1; got " + batchTokens);
    }
    requireShare("article-share", articleShare);
    requireShare("mask-max", maskMax);
    if (schedule.everMasks() && shape.ramps().isEmpty()) {
      throw new IllegalArgumentException("masking needs ramps; give ramps or mask-from 1");
    }
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1]; got " + value);
    }
  }
}
