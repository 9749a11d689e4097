package io.drex.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.spark.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keeps docs/sql-functions.md true: it names every function, and its queries run. */
class SqlFunctionsDocTest {
  private static final SparkSession SPARK = LocalSpark.session().newSession();
  private static String page = "";

  @BeforeAll
  static void makeResults() throws IOException {
    page = Files.readString(Path.of(System.getProperty("drex.root"), "docs", "sql-functions.md"));
    SPARK.conf().set("spark.sql.catalog.drex", DrexFunctions.class.getName());
    SPARK
        .sql(
            "SELECT 'a' AS topic, 'r1' AS id, 'one two' AS completion, 'one two' AS reference,"
                + " 4.0D AS mean_exit_depth UNION ALL"
                + " SELECT 'a', 'r2', NULL, 'one two', NULL UNION ALL"
                + " SELECT 'b', 'r3', 'one six', 'one two three four', 2.0D")
        .createOrReplaceTempView("results");
  }

  @Test
  void namesEveryFunction() throws Exception {
    DrexFunctions catalog = new DrexFunctions();
    catalog.initialize("drex", CaseInsensitiveStringMap.empty());
    for (Identifier identifier : catalog.listFunctions(new String[0])) {
      assertThat(page).containsPattern("\\| .*`" + identifier.name() + "[`(]");
    }
    assertThat(page).contains("spark.sql.catalog.drex=" + DrexFunctions.class.getName());
  }

  @Test
  void itsQueriesRun() {
    List<String> queries = queries();
    assertThat(queries).hasSize(3);
    List<Row> byTopic = SPARK.sql(queries.get(0)).collectAsList();
    assertThat(byTopic.get(0).getDouble(1)).isEqualTo(100);
    assertThat(byTopic.get(0).getDouble(2)).isEqualTo(50);
    assertThat(byTopic.get(0).getLong(3)).isEqualTo(1);
    assertThat(byTopic.get(1).getDouble(1)).isCloseTo(33.33, within(.01));
    List<Row> worst = SPARK.sql(queries.get(1)).collectAsList();
    assertThat(worst).hasSize(1);
    assertThat(worst.get(0).getString(0)).isEqualTo("r3");
    assertThat(SPARK.sql(queries.get(2)).collectAsList()).hasSize(3);
  }

  private static List<String> queries() {
    List<String> queries = new ArrayList<>();
    Matcher matcher = Pattern.compile("(?s)```sql\n(.*?)```").matcher(page);
    while (matcher.find()) {
      queries.add(matcher.group(1));
    }
    return queries;
  }
}
