package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.engine.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps docs/output-schema.md true: its tables, and its queries over real journal files. */
class OutputSchemaDocTest {
  private static final StructType TEXTS =
      new StructType().add("id", "string").add("text", "string");

  @TempDir static Path folder;
  private static String page = "";
  private static List<String> files = List.of();

  @BeforeAll
  static void writeResults() throws IOException {
    page = Files.readString(Path.of(System.getProperty("drex.root"), "docs", "output-schema.md"));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      rows.add(RowFactory.create("row-" + i, i % 10 == 9 ? null : "text " + i));
    }
    TestRun run = new TestRun(folder, "run-1");
    run.generate(LocalSpark.session().createDataFrame(rows, TEXTS), 2);
    run.output().createOrReplaceTempView("results");
    files = run.files().stream().map(file -> file.toUri().getPath()).toList();
  }

  @Test
  void namesEveryColumnWithItsTypeInOrder() {
    List<String> wanted = new ArrayList<>();
    for (StructField field : OutputSchema.with(new StructType()).fields()) {
      wanted.add("`" + field.name() + "` | `" + field.dataType().catalogString() + "`");
    }
    assertThat(matches("(?m)^\\| (`[a-z0-9_]+` \\| `[^|]+`) \\|")).isEqualTo(wanted);
  }

  @Test
  void namesEveryErrorCode() {
    List<String> wanted = new ArrayList<>();
    for (ErrorCode code : ErrorCode.values()) {
      wanted.add("`" + code + "` | " + (code.retryable() ? "yes" : "no"));
    }
    assertThat(matches("(?m)^\\| (`[A-Z_]+` \\| (?:yes|no)) \\|")).isEqualTo(wanted);
  }

  @Test
  void itsSparkQueriesRun() {
    List<String> queries = matches("(?s)```sql\n(.*?)```");
    assertThat(queries).hasSize(2);
    Dataset<Row> byReason = LocalSpark.session().sql(queries.get(0));
    assertThat(byReason.filter("finish_reason = 'error'").head().getLong(1)).isEqualTo(3);
    assertThat(LocalSpark.session().sql(queries.get(1)).collectAsList())
        .containsExactly(RowFactory.create("EMPTY_PROMPT", false, 3L));
  }

  @Test
  void itsDuckDbQueriesRun() throws SQLException {
    List<String> queries = matches("(?s)```duckdb\n(.*?)```");
    assertThat(queries).hasSize(3);
    // The bundled model's three ramps and its full depth; 27 completions, of which 20 are asked.
    assertThat(duckDb(queries.get(0))).hasSize(4);
    assertThat(duckDb(queries.get(1))).hasSize(20);
  }

  /** I8: a spreadsheet takes cells that begin so for formulas. */
  @Test
  void itsCsvHasNoFormulas() throws SQLException {
    List<String> nasty =
        List.of(
            "=HYPERLINK(\"http://x\")",
            "+1",
            "-1",
            "@SUM(1)",
            "\t=1",
            "\r=1",
            "a, \"b\"\n=1",
            "1-1");
    List<Row> rows = nasty.stream().map(OutputSchemaDocTest::row).toList();
    Path table = folder.resolve("nasty");
    LocalSpark.session()
        .createDataFrame(rows, OutputSchema.with(new StructType()))
        .write()
        .parquet(table.toString());
    Path csv = folder.resolve("results.csv");
    String copy =
        matches("(?s)```duckdb\n(COPY.*?)```")
            .get(0)
            .replace("results/*.parquet", table + "/*.parquet")
            .replace("results.csv", csv.toString());
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(copy);
    }

    Map<String, String> cells = csvCells(csv);
    assertThat(cells).hasSize(nasty.size());
    for (String text : nasty) {
      String cell = "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
      assertThat(cells).containsEntry(cell, cell);
    }
    assertThat(
            LocalSpark.session()
                .read()
                .parquet(table.toString())
                .select("completion")
                .as(Encoders.STRING())
                .collectAsList())
        .as("the table keeps the text")
        .containsExactlyInAnyOrderElementsOf(nasty);
  }

  /** Id and completion are the text. */
  private static Row row(String text) {
    StructType schema = OutputSchema.with(new StructType());
    Object[] values = new Object[schema.size()];
    values[schema.fieldIndex(OutputSchema.ID)] = text;
    values[schema.fieldIndex(OutputSchema.COMPLETION)] = text;
    return RowFactory.create(values);
  }

  private static Map<String, String> csvCells(Path csv) {
    Map<String, String> completions = new HashMap<>();
    LocalSpark.session()
        .read()
        .option("header", "true")
        .option("multiLine", "true")
        .option("escape", "\"")
        .option("lineSep", "\n")
        .csv(csv.toString())
        .collectAsList()
        .forEach(row -> completions.put(row.getString(0), row.getString(1)));
    return completions;
  }

  @Test
  void duckDbSeesTheSameTypesWhateverIsNull() throws SQLException {
    String all = "DESCRIBE SELECT * FROM read_parquet('results/*.parquet')";
    assertThat(duckDb(all))
        .contains("key BLOB", "attempt INTEGER", "token_depths SMALLINT[]", "total_ms DOUBLE")
        .contains("error STRUCT(code VARCHAR, message VARCHAR, retryable BOOLEAN)");
  }

  /** The first two columns of each row. */
  private static List<String> duckDb(String query) throws SQLException {
    String list = "['" + String.join("', '", files) + "']";
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query.replace("'results/*.parquet'", list))) {
      while (result.next()) {
        rows.add(result.getString(1) + " " + result.getString(2));
      }
    }
    return rows;
  }

  private static List<String> matches(String regex) {
    List<String> found = new ArrayList<>();
    Matcher matcher = Pattern.compile(regex).matcher(page);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
