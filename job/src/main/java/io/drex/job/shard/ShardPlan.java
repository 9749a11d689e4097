package io.drex.job.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Which shard takes which buckets of rows: the longest bucket first, each to the shard that has the
 * least so far (Graham's rule). Shards are numbered by size, the longest first, which is the order
 * in which Spark starts tasks.
 */
@SuppressWarnings("ArrayRecordComponent") // made once, read only here and in Shards
record ShardPlan(
    int[] shardOfBucket, // [bucket] → shard
    double[] tokensOfShard // [shard], descending, all above 0
    ) {

  /**
   * Spreads the buckets.
   *
   * @param tokensOfBucket [bucket] expected tokens; 0 if no row is in it
   * @param shards most shards; there are fewer if there are fewer buckets with rows
   */
  static ShardPlan of(double[] tokensOfBucket, int shards) {
    List<Load> loads = new ArrayList<>();
    PriorityQueue<Load> least =
        new PriorityQueue<>(
            Comparator.comparingDouble((Load load) -> load.tokens)
                .thenComparingInt(load -> load.number));
    for (int number = 0; number < shards; number++) {
      Load load = new Load(number);
      loads.add(load);
      least.add(load);
    }
    longestFirst(tokensOfBucket)
        .forEach(
            bucket -> {
              Load load = least.remove();
              load.tokens += tokensOfBucket[bucket];
              load.buckets.add(bucket);
              least.add(load);
            });
    loads.removeIf(load -> load.buckets.isEmpty());
    loads.sort(Comparator.comparingDouble((Load load) -> -load.tokens));
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

  /** What a shard has so far. */
  private static final class Load {
    private final int number;
    private final List<Integer> buckets = new ArrayList<>();
    private double tokens;

    Load(int number) {
      this.number = number;
    }
  }
}
