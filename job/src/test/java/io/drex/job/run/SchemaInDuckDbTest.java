package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table has one schema, whatever is in it and whoever reads it. */
class SchemaInDuckDbTest {
  @TempDir Path folder;

  @Test
  void errorsAllNullAndAllSetGiveTheSameSchema() throws IOException, SQLException {
    Path good = output("good", "{\"id\": 1, \"topic\": \"t\", \"article\": \"text\"}");
    Path bad = output("bad", "{\"id\": 1, \"topic\": \"t\", \"article\": \"  \"}");

    assertThat(columns(bad)).isEqualTo(columns(good));
    assertThat(TestJob.data(bad).schema()).isEqualTo(TestJob.data(good).schema());
    assertThat(columns(good)).containsEntry("id", "VARCHAR").containsEntry("topic", "VARCHAR");
    assertThat(columns(good).get("exits")).contains("by_ramp INTEGER[]");
    assertThat(columns(good)).containsOnlyKeys(TestJob.data(good).columns());
  }

  private Path output(String name, String line) throws IOException {
    Path input = TestJob.lines(folder.resolve(name + ".jsonl"), line);
    Path output = folder.resolve(name);
    assertThat(
            TestJob.run(generate(input, output, "--id-col=id", "--keep=topic", "--device=sim:noop"))
                .code())
        .isEqualTo(ExitCode.OK);
    return output;
  }

  private static Map<String, String> columns(Path output) throws SQLException {
    Map<String, String> columns = new TreeMap<>();
    String query = "describe select * from read_parquet('" + output + "/data/*.parquet')";
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        columns.put(rows.getString("column_name"), rows.getString("column_type"));
      }
    }
    return columns;
  }
}
