package io.drex.demo.recipe;

import io.drex.demo.corpus.ArticleGenerator;

/**
 * All that decides a training run's result.
 *
 * @param shape the model's, its vocabulary as trained
 * @param batchTokens most positions of a step, padding included
 * @param maskMax largest share of a sequence's summary positions that exit in training
 * @param seed of weights, order and draws
 * @param firstIndex the first article's index
 */
public record Recipe(
    ModelShape shape,
    Schedule schedule,
    LossMix losses,
    int batchTokens,
    double maskMax,
    long seed,
    long firstIndex) {

  public Recipe {
    if (losses.rampWeights().size() != shape.ramps().size()) {
      throw new IllegalArgumentException(
          "ramp-weights "
              + losses.rampWeights()
              + " must be one for each of the ramps "
              + shape.ramps());
    }
    if (!(firstIndex >= 0 && firstIndex < ArticleGenerator.VALIDATION_FIRST)) {
      throw new IllegalArgumentException(
          "first-index must be in [0, "
              + ArticleGenerator.VALIDATION_FIRST
              + "), or the model would meet its validation articles; got "
              + firstIndex);
    }
    if (batchTokens < 1) {
      throw new IllegalArgumentException("batch-tokens must be at least 1; got " + batchTokens);
    }
    if (!(maskMax >= 0 && maskMax <= 1)) {
      throw new IllegalArgumentException("mask-max must be in [0, 1]; got " + maskMax);
    }
    if (schedule.everMasks() && shape.ramps().isEmpty()) {
      throw new IllegalArgumentException("masking needs ramps; give ramps, or mask-from 1");
    }
  }
}
