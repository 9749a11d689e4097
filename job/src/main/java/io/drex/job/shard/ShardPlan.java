package io.drex.job.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Which shard takes which buckets of rows: the longest bucket first, each to the shard that has the
 * least so far for its size (Graham's rule), and of equal ones to that which starts first.
 */
@SuppressWarnings("ArrayRecordComponent") // made once, read only here and in Shards
record ShardPlan(
    int[] shardOfBucket, // [bucket] → shard
    double[] tokensOfShard // [shard], all above 0
    ) {

  /**
   * Spreads the buckets.
   *
   * @param tokensOfBucket [bucket] expected tokens; 0 if no row is in it
   * @param waves how many shards, and of which sizes; there are fewer if there are fewer buckets
   *     with rows
   */
  static ShardPlan of(double[] tokensOfBucket, Waves waves) {
    List<Load> loads = new ArrayList<>();
    for (int number = 0; number < waves.shards(); number++) {
      loads.add(new Load(number, waves.size(number)));
    }
    PriorityQueue<Load> least = new PriorityQueue<>(loads);
    longestFirst(tokensOfBucket)
        .forEach(
            bucket -> {
              Load load = least.remove();
              load.tokens += tokensOfBucket[bucket];
              load.buckets.add(bucket);
              least.add(load);
            });
    loads.removeIf(load -> load.buckets.isEmpty());
    int[] shardOfBucket = new int[tokensOfBucket.length];
    for (int shard = 0; shard < loads.size(); shard++) {
      for (int bucket : loads.get(shard).buckets) {
        shardOfBucket[bucket] = shard;
      }
    }
    return new ShardPlan(shardOfBucket, loads.stream().mapToDouble(load -> load.tokens).toArray());
  }

  int shards() {
    return tokensOfShard.length;
  }

  double tokens() {
    double sum = 0;
    for (double tokens : tokensOfShard) {
      sum += tokens;
    }
    return sum;
  }

  private static IntStream longestFirst(double[] tokensOfBucket) {
    return IntStream.range(0, tokensOfBucket.length)
        .filter(bucket -> tokensOfBucket[bucket] > 0)
        .boxed()
        .sorted(Comparator.comparingDouble(bucket -> -tokensOfBucket[bucket]))
        .mapToInt(Integer::intValue);
  }

  /** What a shard has so far; the one that has least for its size comes first. */
  private static final class Load implements Comparable<Load> {
    private static final Comparator<Load> ORDER =
        Comparator.comparingDouble((Load load) -> load.tokens / load.size)
            .thenComparingInt(load -> load.number);

    private final int number;
    private final double size;
    private final List<Integer> buckets = new ArrayList<>();
    private double tokens;

    Load(int number, double size) {
      this.number = number;
      this.size = size;
    }

    @Override
    public int compareTo(Load other) {
      return ORDER.compare(this, other);
    }
  }
}
