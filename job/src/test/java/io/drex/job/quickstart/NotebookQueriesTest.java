package io.drex.job.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.spark.OutputSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the queries of notebooks/README.md over a table of the output schema. */
class NotebookQueriesTest {
  private static final Path ROOT = Path.of(System.getProperty("drex.root", ".."));
  private static final String SHOWN_FOLDER = "target/quickstart/rebatch/data";

  @TempDir Path dir;

  @Test
  void theQueriesOfTheReadmeWork() throws IOException, SQLException {
    List<String> queries =
        Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ROOT.resolve("notebooks/README.md")))
            .results()
            .map(block -> block.group(1).replace(SHOWN_FOLDER, dir.resolve("data").toString()))
            .toList();
    assertThat(queries).hasSize(3);
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      StructType schema =
          OutputSchema.with(
              new StructType()
                  .add("topic", "string")
                  .add("hard_slot", "string")
                  .add("summary", "string"));
      spark
          .createDataFrame(
              List.of(
                  row(schema, "fire", 2.5, List.of(3, 1)),
                  row(schema, "court", 4.0, List.of(2, 2))),
              schema)
          .write()
          .parquet(dir.resolve("data").toString());

      try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
          ResultSet topics = duckdb.createStatement().executeQuery(queries.get(0))) {
        assertThat(topics.next()).isTrue();
        assertThat(topics.getString("topic")).isEqualTo("court");
        assertThat(topics.getDouble("mean_depth")).isEqualTo(4.0);
        assertThat(topics.getDouble("left_early")).isEqualTo(0.5);
        assertThat(topics.next()).isTrue();
        assertThat(topics.next()).isFalse();
      }
      try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
          ResultSet slots = duckdb.createStatement().executeQuery(queries.get(1))) {
        assertThat(slots.next()).isTrue();
        assertThat(slots.getString("hard_slot")).isEqualTo("of court");
        assertThat(slots.getDouble("exact_match")).isEqualTo(1.0);
        assertThat(slots.next()).isTrue();
        assertThat(slots.getDouble("mean_depth")).isEqualTo(2.5);
        assertThat(slots.getDouble("exact_match")).isZero();
      }
      assertThat(spark.sql(queries.get(2)).collectAsList())
          .containsExactly(RowFactory.create(0, 5L), RowFactory.create(1, 3L));
    }
  }

  private static Row row(StructType schema, String topic, double depth, List<Integer> byRamp) {
    Object[] values = new Object[schema.size()];
    values[schema.fieldIndex("topic")] = topic;
    values[schema.fieldIndex("hard_slot")] = "of " + topic;
    values[schema.fieldIndex("summary")] = "On court.";
    values[schema.fieldIndex(OutputSchema.COMPLETION)] = " On " + topic + ".";
    values[schema.fieldIndex(OutputSchema.FINISH_REASON)] = "stop";
    values[schema.fieldIndex(OutputSchema.MEAN_EXIT_DEPTH)] = depth;
    double early = (double) byRamp.get(0) / (byRamp.get(0) + byRamp.get(1));
    values[schema.fieldIndex(OutputSchema.EXITS)] =
        RowFactory.create(depth / 8, byRamp.toArray(), early, 0.9f, 0, 0);
    return RowFactory.create(values);
  }
}
