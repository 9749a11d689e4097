package io.drex.job.shard;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.hash;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sum;

import io.drex.spark.TaskInput;
import io.drex.spark.conf.DrexConfig;
import java.util.Arrays;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A run's shards: a row's key decides its bucket, and what the buckets' rows are expected to cost
 * decides which shard takes them. Within a shard the longest rows come first, so that what is left
 * at the end is short.
 */
public final class Shards {
  private static final int BUCKETS_PER_SHARD = 64;
  private static final int MAX_BUCKETS = 1 << 16;
  private static final String BUCKET = "_drex_bucket";
  private static final String TOKENS = "_drex_tokens";

  private final RowCost cost;
  private final double tokensPerByte;
  private final int buckets;
  private final long rows;
  private final long promptBytes;
  private final ShardPlan plan;

  private Shards(RowCost cost, double tokensPerByte, int buckets, Totals totals, ShardPlan plan) {
    this.cost = cost;
    this.tokensPerByte = tokensPerByte;
    this.buckets = buckets;
    this.rows = totals.rows;
    this.promptBytes = totals.promptBytes;
    this.plan = plan;
  }

  private record Totals(long rows, long promptBytes) {}

  /**
   * Plans the shards of some rows: one pass over them, and a sample.
   *
   * @param rows with {@link TaskInput}'s columns
   * @param most shards; there are fewer if there are fewer rows
   */
  public static Shards of(Dataset<Row> rows, DrexConfig config, Prompts prompts, int most) {
    RowCost cost = new RowCost(config, prompts.templateBytes(), prompts.columns());
    int buckets = (int) Math.min(MAX_BUCKETS, (long) BUCKETS_PER_SHARD * most);
    Row[] sums =
        (Row[])
            rows.groupBy(bucket(buckets).as(BUCKET))
                .agg(count(lit(1)), sum(cost.promptBytes()), sum(cost.newTokens()))
                .collect();
    double tokensPerByte = sums.length == 0 ? 0 : TokenRatio.sampled(rows, prompts);
    double[] tokens = new double[buckets];
    for (Row sum : sums) {
      tokens[sum.getInt(0)] = sum.getLong(2) * tokensPerByte + sum.getLong(3);
    }
    Totals totals =
        new Totals(
            Arrays.stream(sums).mapToLong(sum -> sum.getLong(1)).sum(),
            Arrays.stream(sums).mapToLong(sum -> sum.getLong(2)).sum());
    return new Shards(
        cost, tokensPerByte, buckets, totals, ShardPlan.of(tokens, Math.min(most, buckets)));
  }

  /** The same rows in partitions that are the shards, the longest first. */
  public Dataset<Row> spread(Dataset<Row> pending) {
    Column[] columns = Arrays.stream(pending.columns()).map(Shards::quoted).toArray(Column[]::new);
    return pending
        .withColumn(TOKENS, cost.tokens(tokensPerByte))
        .repartitionById(plan.shards(), get(lit(plan.shardOfBucket()), bucket(buckets)))
        .sortWithinPartitions(col(TOKENS).desc(), col(TaskInput.KEY))
        .select(columns);
  }

  /** Rows in all shards. */
  public long rows() {
    return rows;
  }

  /** Tokens that the rows' prompts are expected to have. */
  public long promptTokens() {
    return Math.round(promptBytes * tokensPerByte);
  }

  /** One line for people. */
  public String line() {
    double[] tokens = plan.tokensOfShard();
    double mean = Arrays.stream(tokens).average().orElse(0);
    return String.format(
        Locale.ROOT,
        "%d rows in %d shards of %.0f expected tokens (at most %.0f), by %.2f tokens per byte",
        rows,
        plan.shards(),
        mean,
        tokens.length == 0 ? 0 : tokens[0],
        tokensPerByte);
  }

  private static Column bucket(int buckets) {
    return pmod(hash(col(TaskInput.KEY)), lit(buckets));
  }

  private static Column quoted(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }
}
