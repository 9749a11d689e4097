package io.drex.job.quickstart;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.job.storage.JsonFile;
import io.drex.spark.OutputSchema;
import io.drex.spark.quality.ExactMatch;
import io.drex.spark.quality.Rouge;
import io.drex.spark.quality.RougeVariant;
import io.drex.spark.quality.Stemming;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Computes a run's figures from its written output alone. */
final class RunReader {
  private static final String TOPIC = "topic";
  private static final String HARD_SLOT = "hard_slot";
  private static final String ARTICLE = "article";
  private static final String REFERENCE = "summary";

  private final Rouge rouge = new Rouge(Stemming.NONE);
  private final SparkSession spark;
  private final int exampleCount;

  RunReader(SparkSession spark, int exampleCount) {
    this.spark = spark;
    this.exampleCount = exampleCount;
  }

  /**
   * Reads the output folder of a run that kept the columns topic, hard_slot, article and summary
   * and wrote token statistics.
   */
  RunFigures read(String output) {
    Dataset<Row> table = spark.read().parquet(output + "/data");
    List<Summary> examples = new ArrayList<>();
    SortedMap<String, Quality> quality = new TreeMap<>();
    long failed = 0;
    Iterator<Row> inIdOrder =
        table
            .select(TOPIC, HARD_SLOT, ARTICLE, REFERENCE, OutputSchema.COMPLETION)
            .orderBy(col(OutputSchema.ID))
            .toLocalIterator();
    while (inIdOrder.hasNext()) {
      Row row = inIdOrder.next();
      @Nullable String completion = row.getAs(OutputSchema.COMPLETION);
      Quality score = score(row.getAs(REFERENCE), completion);
      quality.merge(row.getAs(HARD_SLOT), score, Quality::plus);
      if (completion == null) {
        failed++;
      } else if (examples.size() < exampleCount) {
        examples.add(
            new Summary(row.getAs(TOPIC), row.getAs(ARTICLE), completion.strip(), score.rougeL()));
      }
    }
    return new RunFigures(
        failed, quality, tokensByDepth(table), decodeTokensPerSecond(output), examples);
  }

  private Quality score(String reference, @Nullable String completion) {
    return completion == null
        ? new Quality(1, 0, 0)
        : new Quality(
            1,
            ExactMatch.matches(reference, completion) ? 1 : 0,
            rouge.score(RougeVariant.ROUGE_L, reference, completion).f1());
  }

  private static SortedMap<Integer, Long> tokensByDepth(Dataset<Row> table) {
    SortedMap<Integer, Long> tokens = new TreeMap<>();
    table
        .select(explode(col(OutputSchema.TOKEN_DEPTHS)).as("depth"))
        .groupBy("depth")
        .count()
        .collectAsList()
        .forEach(row -> tokens.put((int) row.getShort(0), row.getLong(1)));
    return tokens;
  }

  private OptionalDouble decodeTokensPerSecond(String output) {
    JsonNode value =
        JsonFile.read(
                new Path(output, "_drex/manifest.json"), spark.sparkContext().hadoopConfiguration())
            .map(manifest -> manifest.path("tokens").path("decodePerSecond"))
            .filter(JsonNode::isNumber)
            .orElse(null);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value.asDouble());
  }
}
