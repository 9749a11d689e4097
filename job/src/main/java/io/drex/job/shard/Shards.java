package io.drex.job.shard;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.drex.spark.TaskInput;
import io.drex.spark.conf.DrexConfig;
import java.util.Arrays;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * A run's shards: what a row asks decides its bucket, and what the buckets' rows are expected to
 * cost decides which shard takes them. In the last shards to start the longest rows come first, so
 * that what is left at the end is short; in those before, long and short ones are mixed. Rows that
 * ask the same stand next to each other.
 */
public final class Shards {
  private static final int BUCKETS_PER_SHARD = 64;
  private static final int MAX_BUCKETS = 1 << 16;
  private static final String BUCKET = "_drex_bucket";
  private static final String TOKENS = "_drex_tokens";
  private static final String BYTES = "_drex_bytes";
  private static final String ROWS = "_drex_rows";
  private static final String WORK = "_drex_work";
  private static final String SHARD = "_drex_shard";

  private final Column tokens; // expected of a row
  private final double tokensPerByte;
  private final SharedWork work;
  private final long rows;
  private final long promptBytes;
  private final ShardPlan plan;
  private final int firstOfLast; // shard of the last wave

  private Shards(
      Column tokens,
      double tokensPerByte,
      SharedWork work,
      Totals totals,
      ShardPlan plan,
      int firstOfLast) {
    this.tokens = tokens;
    this.tokensPerByte = tokensPerByte;
    this.work = work;
    this.rows = totals.rows;
    this.promptBytes = totals.promptBytes;
    this.plan = plan;
    this.firstOfLast = firstOfLast;
  }

  private record Totals(long rows, long promptBytes) {}

  /**
   * Plans the shards of some rows: one pass over them, and a sample.
   *
   * @param rows with {@link TaskInput}'s columns
   * @param most how many shards there are at most; there are fewer if there are fewer rows
   */
  public static Shards of(Dataset<Row> rows, DrexConfig config, Prompts prompts, Waves most) {
    RowCost cost = new RowCost(config, prompts.templateBytes(), prompts.columns());
    SharedWork work = SharedWork.of(config, prompts.columns());
    int buckets = (int) Math.min(MAX_BUCKETS, (long) BUCKETS_PER_SHARD * most.shards());
    Row[] sums = (Row[]) sums(rows, cost, work, buckets).collect();
    double tokensPerByte = sums.length == 0 ? 0 : TokenRatio.sampled(rows, prompts);
    double[] tokens = new double[buckets];
    for (Row sum : sums) {
      tokens[sum.getInt(0)] = sum.getLong(2) * tokensPerByte + sum.getLong(3);
    }
    Totals totals =
        new Totals(
            Arrays.stream(sums).mapToLong(sum -> sum.getLong(1)).sum(),
            Arrays.stream(sums).mapToLong(sum -> sum.getLong(2)).sum());
    ShardPlan plan =
        ShardPlan.of(tokens, new Waves(Math.min(most.shards(), buckets), most.tasks()));
    int firstOfLast = new Waves(plan.shards(), most.tasks()).firstOfLast();
    return new Shards(cost.tokens(tokensPerByte), tokensPerByte, work, totals, plan, firstOfLast);
  }

  /** By bucket: rows, prompt bytes and new tokens, those of equal prompts counted once. */
  private static Dataset<Row> sums(Dataset<Row> rows, RowCost cost, SharedWork work, int buckets) {
    Dataset<Row> costs =
        rows.select(
            work.number().as(WORK),
            bucket(work.number(), buckets).as(BUCKET),
            cost.promptBytes().as(BYTES),
            cost.newTokens().as(TOKENS),
            lit(1L).as(ROWS));
    if (work.isPossible()) {
      costs =
          costs
              .repartition(col(BUCKET)) // once for both groupings
              .groupBy(BUCKET, WORK)
              .agg(max(BYTES).as(BYTES), max(TOKENS).as(TOKENS), sum(ROWS).as(ROWS));
    }
    return costs.groupBy(BUCKET).agg(sum(ROWS), sum(BYTES), sum(TOKENS));
  }

  /** The same rows in partitions that are the shards. */
  public Dataset<Row> spread(Dataset<Row> pending) {
    Column[] columns = Arrays.stream(pending.columns()).map(Shards::quoted).toArray(Column[]::new);
    int[] shardOfBucket = plan.shardOfBucket();
    // A function, since plans show an array of some ten thousand numbers in full.
    UDF1<Integer, Integer> shard = bucket -> shardOfBucket[bucket];
    Column bucket = bucket(col(WORK), shardOfBucket.length);
    Column byTokens = when(col(SHARD).geq(firstOfLast), col(TOKENS)); // else null, as for all
    return pending
        .withColumn(TOKENS, tokens)
        .withColumn(WORK, work.number())
        .withColumn(SHARD, udf(shard, DataTypes.IntegerType).apply(bucket))
        .repartitionById(plan.shards(), col(SHARD))
        .sortWithinPartitions(byTokens.desc(), col(WORK), col(TaskInput.KEY))
        .select(columns);
  }

  /** Rows in all shards. */
  public long rows() {
    return rows;
  }

  /** Tokens that the rows' prompts are expected to have, equal ones counted once. */
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
        Arrays.stream(tokens).max().orElse(0),
        tokensPerByte);
  }

  private static Column bucket(Column work, int buckets) {
    return pmod(work, lit((long) buckets)).cast("int");
  }

  private static Column quoted(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }
}
