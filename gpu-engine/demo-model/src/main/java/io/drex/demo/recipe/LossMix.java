package io.drex.demo.recipe;

import java.util.List;

/**
 * What the total loss is made of, beside the summary loss at full depth, whose weight is 1.
 *
 * @param rampWeights one per ramp: the weight of its summary loss
 * @param articleWeight the weight of the article loss
 * @param articleShare share of article positions that pay it
 */
public record LossMix(List<Double> rampWeights, double articleWeight, double articleShare) {

  public LossMix {
    rampWeights = List.copyOf(rampWeights);
    if (!(articleShare >= 0 && articleShare <= 1)) {
      throw new IllegalArgumentException("article-share must be in [0, 1]; got " + articleShare);
    }
  }
}
