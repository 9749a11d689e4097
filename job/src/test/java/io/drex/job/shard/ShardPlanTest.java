package io.drex.job.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ShardPlanTest {
  private static final int CORES = 16;
  private static final int SHARDS = 4 * CORES;
  private static final Waves WAVES = new Waves(SHARDS, CORES);
  private static final Offset<Double> ROUNDING = Offset.offset(1e-6);

  @Test
  void theLongestBucketGoesFirstAndEachToTheShardWithTheLeast() {
    ShardPlan plan = ShardPlan.of(new double[] {3, 5, 0, 4, 3}, new Waves(2, 2));

    assertThat(plan.shardOfBucket()).containsExactly(1, 0, 0, 1, 0);
    assertThat(plan.tokensOfShard()).containsExactly(8, 7);
    assertThat(plan.tokens()).isEqualTo(15);
  }

  @Test
  void thereAreNoEmptyShards() {
    ShardPlan plan = ShardPlan.of(new double[] {0, 0, 7, 0}, WAVES);

    assertThat(plan.shards()).isEqualTo(1);
    assertThat(ShardPlan.of(new double[8], WAVES).shards()).isZero();
  }

  @Test
  void everyBucketsTokensAreInItsShard() {
    for (int seed = 0; seed < 20; seed++) {
      double[] buckets = costs(new Random(seed), 64 * SHARDS);
      ShardPlan plan = ShardPlan.of(buckets, WAVES);
      double[] tokens = new double[plan.shards()];
      for (int bucket = 0; bucket < buckets.length; bucket++) {
        tokens[plan.shardOfBucket()[bucket]] += buckets[bucket];
      }

      assertThat(plan.tokensOfShard()).as("seed %d", seed).containsExactly(tokens, ROUNDING);
      assertThat(plan.tokens()).isCloseTo(Arrays.stream(buckets).sum(), ROUNDING);
    }
  }

  @Test
  void shardsAreOfTheSizesOfTheirWaves() {
    double[] tokens = ShardPlan.of(even(64 * SHARDS), WAVES).tokensOfShard();

    double ofSizeOne = tokens[0];
    for (int shard = 0; shard < SHARDS; shard++) {
      assertThat(tokens[shard] / ofSizeOne)
          .as("shard %d", shard)
          .isCloseTo(WAVES.size(shard), Offset.offset(0.02));
    }
  }

  @Test
  void tasksOfLongTailedCostsEndTogether() {
    for (int seed = 0; seed < 20; seed++) {
      double[] tokens = ShardPlan.of(costs(new Random(seed), 64 * SHARDS), WAVES).tokensOfShard();

      assertThat(Cluster.tail(tokens, CORES)).as("seed %d", seed).isLessThan(1.1);
    }
  }

  private static double[] even(int buckets) {
    double[] tokens = new double[buckets];
    Arrays.fill(tokens, 1);
    return tokens;
  }

  /** Long tails: few buckets hold much of the work. */
  private static double[] costs(Random random, int buckets) {
    return random.doubles(buckets).map(u -> 1 / (u + 0.002)).toArray();
  }
}
