package io.drex.demo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.drex.demo.recipe.Batch;
import io.drex.demo.recipe.FlatWeights;
import io.drex.demo.recipe.Recipe;

/**
 * A copy of the weights with a gradient of its own, so that shards of a batch can be differentiated
 * at the same time. Each replica is used by one thread at a time.
 *
 * <p>DJL's own gradient collector allows one per process, hence the calls below it.
 */
final class Replica {
  private final Recipe recipe;
  private final NDManager manager;
  private final Llama llama;
  private final NDArray flat;

  Replica(Recipe recipe, FlatWeights layout, float[] weights, NDManager manager) {
    this.recipe = recipe;
    this.manager = manager;
    this.llama = new Llama(layout, manager);
    this.flat = manager.create(weights, new Shape(weights.length));
    flat.setRequiresGradient(true);
  }

  NDArray flat() {
    return flat;
  }

  Llama llama() {
    return llama;
  }

  /**
   * Adds a shard's gradient to this replica's.
   *
   * @return cross entropies, as {@link Losses#crossEntropies} orders them
   */
  float[] differentiate(Batch.Shard shard) {
    JniUtils.setNumThreads(1);
    JniUtils.setGradMode(true);
    try (NDManager scope = manager.newSubManager()) {
      Batch batch = shard.batch();
      NDArray logits = llama.logits(flat, batch, scope);
      NDArray errors = Losses.crossEntropies(logits, recipe, batch, scope);
      NDArray total = errors.mul(scope.create(Losses.weights(recipe, shard))).sum();
      NDArray one = scope.create(1f);
      JniUtils.backward((PtNDArray) total, (PtNDArray) one, false, false);
      return errors.toFloatArray();
    } finally {
      JniUtils.setGradMode(false);
    }
  }

  /** Moves this replica's gradient into another's. */
  void giveGradientTo(Replica other) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray mine = flat.getGradient();
      NDArray theirs = other.flat.getGradient();
      mine.attach(scope);
      theirs.attach(scope);
      theirs.addi(mine);
      mine.muli(0);
    }
  }

  /** Takes over another replica's weights. */
  void takeWeightsOf(Replica other) {
    flat.setRequiresGradient(false);
    flat.muli(0).addi(other.flat);
    flat.setRequiresGradient(true);
  }
}
