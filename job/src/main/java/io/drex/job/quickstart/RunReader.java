package io.drex.job.quickstart;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.job.metrics.ExactMatch;
import io.drex.job.metrics.Rouge;
import io.drex.job.metrics.RougeVariant;
import io.drex.job.metrics.Stemming;
import io.drex.job.storage.JsonFile;
import io.drex.spark.OutputSchema;
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

/** Computes a run's figures from its written output alone. */
final class RunReader {
  private static final String TOPIC = "topic";
  private static final String ARTICLE = "article";
  private static final String REFERENCE = "summary";

  private final SparkSession spark;
  private final int exampleCount;

  RunReader(SparkSession spark, int exampleCount) {
    this.spark = spark;
    this.exampleCount = exampleCount;
  }

  /**
   * Reads the output folder of a run that kept the columns topic, article and summary and wrote
   * token statistics.
   */
  RunFigures read(String output) {
    Dataset<Row> table = spark.read().parquet(output + "/data");
    Rouge rouge = new Rouge(Stemming.NONE);
    List<Summary> examples = new ArrayList<>();
    long rows = 0;
    long failed = 0;
    long exact = 0;
    double rougeL = 0;
    Iterator<Row> inIdOrder =
        table
            .select(TOPIC, ARTICLE, REFERENCE, OutputSchema.COMPLETION)
            .orderBy(col(OutputSchema.ID))
            .toLocalIterator();
    while (inIdOrder.hasNext()) {
      Row row = inIdOrder.next();
      rows++;
      if (row.isNullAt(3)) {
        failed++;
        continue;
      }
      String reference = row.getString(2);
      String completion = row.getString(3);
      double score = rouge.score(RougeVariant.ROUGE_L, reference, completion).f1();
      rougeL += score;
      exact += ExactMatch.matches(reference, completion) ? 1 : 0;
      if (examples.size() < exampleCount) {
        examples.add(new Summary(row.getString(0), row.getString(1), completion.strip(), score));
      }
    }
    long scored = Math.max(1, rows);
    return new RunFigures(
        rows,
        failed,
        rougeL / scored,
        (double) exact / scored,
        tokensByDepth(table),
        decodeTokensPerSecond(output),
        examples);
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
