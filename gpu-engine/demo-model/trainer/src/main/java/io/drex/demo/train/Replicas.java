package io.drex.demo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.drex.demo.recipe.Batch;
import io.drex.demo.recipe.FlatWeights;
import io.drex.demo.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Equal replicas that share each batch, one thread each; the caller's thread drives the first one,
 * which holds the sum of gradients and the weights that the optimizer moves.
 */
final class Replicas implements AutoCloseable {
  private final Recipe recipe;
  private final List<Replica> replicas = new ArrayList<>();
  private final ExecutorService others;

  Replicas(Recipe recipe, float[] weights, int threads, NDManager manager) {
    this.recipe = recipe;
    FlatWeights layout = new FlatWeights(recipe.shape());
    for (int i = 0; i < threads; i++) {
      replicas.add(new Replica(recipe, layout, weights, manager));
    }
    others = Executors.newFixedThreadPool(Math.max(1, threads - 1));
  }

  Replica first() {
    return replicas.get(0);
  }

  /** The first replica's weights, with the sum of gradients. */
  NDArray weights() {
    return first().flat();
  }

  /** Adds the gradient of a batch's loss to the first replica's. */
  Losses differentiate(Batch batch) {
    List<Batch.Shard> shards = batch.shards(replicas.size());
    List<CompletableFuture<float[]>> rest = new ArrayList<>();
    for (int i = 1; i < shards.size(); i++) {
      Replica replica = replicas.get(i);
      Batch.Shard shard = shards.get(i);
      rest.add(CompletableFuture.supplyAsync(() -> replica.differentiate(shard), others));
    }
    List<float[]> errors = new ArrayList<>();
    errors.add(first().differentiate(shards.get(0)));
    rest.forEach(future -> errors.add(future.join()));
    for (int i = 1; i < shards.size(); i++) {
      replicas.get(i).giveGradientTo(first());
    }
    return Losses.of(shards, errors, recipe.shape().ramps().size());
  }

  /** Gives the first replica's weights to all. */
  void share() {
    for (Replica replica : replicas.subList(1, replicas.size())) {
      replica.takeWeightsOf(first());
    }
  }

  @Override
  public void close() {
    others.shutdown();
  }
}
