package io.drex.demo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/**
 * AdamW over one flat array of weights, whose first {@code decaying} elements decay; gradients are
 * clipped to norm 1. Source: Loshchilov and Hutter 2019.
 */
final class AdamW {
  private static final double BETA1 = .9;
  private static final double BETA2 = .98;
  private static final double EPSILON = 1e-8;
  private static final double DECAY = .05;
  private static final double LONGEST_GRADIENT = 1;

  private final NDArray weights;
  private final NDArray decaying;
  private final NDArray mean;
  private final NDArray variance;

  /** Goes on from the given moments, which will live as long as the weights. */
  AdamW(NDArray weights, int decaying, float[] mean, float[] variance) {
    this.weights = weights;
    NDManager manager = weights.getManager();
    this.mean = manager.create(mean, new Shape(mean.length));
    this.variance = manager.create(variance, new Shape(variance.length));
    weights.setRequiresGradient(false);
    this.decaying = weights.get(new NDIndex("0:" + decaying));
    weights.setRequiresGradient(true);
  }

  float[] mean() {
    return mean.toFloatArray();
  }

  float[] variance() {
    return variance.toFloatArray();
  }

  /**
   * Moves the weights against their gradient and clears it.
   *
   * @param number steps taken, this one included
   * @return the gradient's norm before clipping
   */
  double step(int number, double rate, NDManager step) {
    NDArray gradient = weights.getGradient();
    gradient.attach(step);
    double norm = gradient.norm().getFloat();
    if (!Double.isFinite(norm)) {
      throw new IllegalStateException(
          "the gradient's norm is " + norm + " at step " + number + "; lower --lr");
    }
    double clip = Math.min(1, LONGEST_GRADIENT / Math.max(norm, 1e-12));
    variance.muli(BETA2).addi(gradient.square().muli((1 - BETA2) * clip * clip));
    mean.muli(BETA1).addi(gradient.mul((1 - BETA1) * clip));
    NDArray divisor = variance.sqrt();
    divisor.attach(step);
    divisor.muli(1 / Math.sqrt(1 - Math.pow(BETA2, number))).addi(EPSILON);
    NDArray change = mean.div(divisor);
    change.attach(step);
    change.muli(rate / (1 - Math.pow(BETA1, number)));
    weights.setRequiresGradient(false);
    decaying.muli(1 - rate * DECAY);
    weights.subi(change);
    weights.setRequiresGradient(true);
    gradient.muli(0);
    return norm;
  }
}
