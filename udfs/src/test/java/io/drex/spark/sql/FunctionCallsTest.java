package io.drex.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.spark.LocalSpark;
import io.drex.spark.quality.RougeVariant;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchFunctionException;
import org.apache.spark.sql.connector.catalog.FunctionCatalog;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** J27: how often a query calls a function. The page docs/sql-functions.md tells these numbers. */
class FunctionCallsTest {
  private static final SparkSession SPARK = LocalSpark.session().newSession();
  private static final AtomicLong CALLS = new AtomicLong();
  private static final RougeFunction ROUGE_L = new RougeFunction(RougeVariant.ROUGE_L);
  private static final int ROWS = 100;

  /** Half of the rows have a score below 0.7. */
  private static final String NAMED_ONCE =
      "SELECT id, score FROM (SELECT id, F(completion, reference) AS score FROM results)"
          + " WHERE score < 0.7";

  @BeforeAll
  static void writeTable(@TempDir Path folder) {
    SPARK.conf().set("spark.sql.catalog.counted", CountedCatalog.class.getName());
    String table = folder.resolve("results").toString();
    SPARK
        .range(ROWS)
        .selectExpr(
            "id",
            "concat_ws(' ', sequence(1, id % 10 + 1)) AS completion",
            "concat_ws(' ', sequence(1, 10)) AS reference")
        .write()
        .parquet(table);
    // A temporary view over files, as analysts have it: over a local list Spark would calculate the
    // rows while it optimizes.
    SPARK.read().parquet(table).createOrReplaceTempView("results");
  }

  @Test
  void aScoreThatIsNamedOnceAndFilteredIsComputedOncePerRow() {
    assertThat(calls(NAMED_ONCE, "rouge_l", ROWS / 2)).isEqualTo(ROWS);
  }

  @Test
  void aFunctionWithoutTheFlagIsComputedAgainForRowsThatPass() {
    assertThat(calls(NAMED_ONCE, "unflagged", ROWS / 2)).isEqualTo(ROWS + ROWS / 2);
  }

  @Test
  void aScoreThatIsNamedOnceAndUsedInManyColumnsIsComputedOncePerRow() {
    String query =
        "SELECT F(completion, reference) AS score, 100 * score AS points, score < 0.5 AS is_low"
            + " FROM results";
    assertThat(calls(query, "rouge_l", ROWS)).isEqualTo(ROWS);
  }

  @Test
  void aScoreThatIsWrittenTwiceIsComputedTwice() {
    String query =
        "SELECT id, F(completion, reference) AS score FROM results"
            + " WHERE F(completion, reference) < 0.7";
    assertThat(calls(query, "rouge_l", ROWS / 2)).isEqualTo(ROWS + ROWS / 2);
  }

  @Test
  void filtersOnOtherColumnsBelongBelowTheScore() {
    String below = "SELECT id, F(completion, reference) AS score FROM results WHERE id < 10";
    assertThat(calls(below, "rouge_l", 10)).isEqualTo(10);
    String above = "SELECT * FROM (SELECT id, F(completion, reference) FROM results) WHERE id < 10";
    assertThat(calls(above, "rouge_l", 10)).isEqualTo(ROWS);
    assertThat(calls(above, "unflagged", 10)).isEqualTo(10);
  }

  @Test
  void sortingAllRowsByAScoreComputesItTwiceAndTheFirstFewOnce() {
    String sorted = "SELECT id, F(completion, reference) AS score FROM results ORDER BY score";
    assertThat(calls(sorted, "rouge_l", ROWS)).isEqualTo(2 * ROWS);
    assertThat(calls(sorted + " LIMIT 5", "rouge_l", 5)).isEqualTo(ROWS);
  }

  private static long calls(String query, String function, int rows) {
    CALLS.set(0);
    assertThat(SPARK.sql(query.replace("F(", "counted." + function + "(")).collectAsList())
        .hasSize(rows);
    return CALLS.get();
  }

  /** The functions of {@link DrexFunctions}, counted; and one that lacks the flag. */
  public static final class CountedCatalog implements FunctionCatalog {
    @Override
    public void initialize(String name, CaseInsensitiveStringMap options) {}

    @Override
    public String name() {
      return "counted";
    }

    @Override
    public Identifier[] listFunctions(String[] namespace) {
      return new Identifier[0];
    }

    @Override
    public UnboundFunction loadFunction(Identifier identifier) throws NoSuchFunctionException {
      return switch (identifier.name()) {
        case "rouge_l" -> new TextPairFunction(new CountedRouge(ROUGE_L.isDeterministic()));
        case "unflagged" -> new TextPairFunction(new CountedRouge(true));
        default -> throw new NoSuchFunctionException(identifier);
      };
    }
  }

  /** Counts the calls of {@code rouge_l}. */
  public record CountedRouge(boolean isDeterministic) implements ScalarFunction<Double> {
    @Override
    public String name() {
      return "counted_rouge_l";
    }

    @Override
    public DataType[] inputTypes() {
      return ROUGE_L.inputTypes();
    }

    @Override
    public DataType resultType() {
      return ROUGE_L.resultType();
    }

    /** Called by Spark. */
    public @Nullable Double invoke(
        @Nullable UTF8String prediction, @Nullable UTF8String reference) {
      CALLS.incrementAndGet();
      return ROUGE_L.invoke(prediction, reference);
    }
  }
}
