package io.drex.job.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartReportTest {
  @TempDir Path dir;

  @Test
  void comparesTheTwoRuns() throws IOException {
    // The command ends the session that it finds.
    SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
    write(
        spark,
        "rebatch",
        "('b', 'fire', 'sum', 'Second article.', 'a b c d', ' a b c d', array(2S, 2S, 2S, 4S)),"
            + "('a', 'court', '', 'First article.', 'a b c d', 'a b', array(2S, 2S, 2S, 8S)),"
            + "('c', 'jobs', 'choice', 'Third article.', 'a b', null, null)");
    write(spark, "full", "('a', 'court', '', 'First article.', 'a b', 'a b', array(8S, 8S))");
    Files.createDirectories(dir.resolve("rebatch/_drex"));
    Files.writeString(
        dir.resolve("rebatch/_drex/manifest.json"), "{\"tokens\":{\"decodePerSecond\":1234.4}}");

    StringWriter text = new StringWriter();
    String rebatch = dir.resolve("rebatch").toString();
    String full = dir.resolve("full").toString();
    int code =
        QuickstartReport.run(new PrintWriter(text), "--rebatch", rebatch, "--full-depth", full);

    assertThat(code).isZero();
    assertThat(text.toString().replaceAll(" +", " ").lines())
        .containsSubsequence(
            " [court] First article.",
            " => a b (ROUGE-L 0.667)",
            " [fire] Second article.",
            " => a b c d (ROUGE-L 1.000)",
            " rebatch full_depth",
            "rows 3 1",
            "rows that failed 1 0",
            "ROUGE-L F1 against references, mean 0.5556 1.0000",
            "exact match, % of rows 33.3 100.0",
            "generated tokens 8 2",
            "mean exit depth, layers 3.00 8.00",
            "decode tokens/s 1,234 not recorded",
            "Exact match, % of rows, and ROUGE-L by what the summary needs beyond copying",
            "nothing 1 rows 0.0 0.667 100.0 1.000",
            "something 2 rows 50.0 0.500 0.0 0.000",
            " choice 1 rows 0.0 0.000 0.0 0.000",
            " sum 1 rows 100.0 1.000 0.0 0.000",
            " 2 " + "#".repeat(30) + " 75.0 % 6",
            " 4 ##### 12.5 % 1",
            " 8 ##### 12.5 % 1",
            "Parquet " + rebatch + "/data",
            " " + rebatch + "/_drex/manifest.json",
            "Parquet " + full + "/data");
  }

  private void write(SparkSession spark, String run, String rows) {
    spark
        .sql(
            "select * from values "
                + rows
                + " as t(id, topic, hard_slot, article, summary, completion, token_depths)")
        .write()
        .parquet(dir.resolve(run + "/data").toString());
  }
}
