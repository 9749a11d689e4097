package io.drex.job.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drex.demo.corpus.Article;
import io.drex.demo.corpus.ArticleGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateCorpusTest {
  @TempDir Path dir;

  @Test
  void writesOneJsonObjectALine() throws IOException {
    Path out = dir.resolve("new/corpus.jsonl");
    assertThat(run("--rows", "50", "--seed", "3", "--first-index", "10", "--out", out.toString()))
        .isZero();

    List<Article> read = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      JsonNode json = new ObjectMapper().readTree(line);
      assertThat(json.size()).isEqualTo(5);
      read.add(
          new Article(
              json.get("id").asText(),
              json.get("topic").asText(),
              json.get("hard_slot").asText(),
              json.get("article").asText(),
              json.get("summary").asText()));
    }
    assertThat(read).isEqualTo(new ArticleGenerator(3).articles(10, 60).toList());
    assertThat(Files.readString(out)).endsWith("}\n");
    try (Stream<Path> files = Files.list(out.getParent())) {
      assertThat(files).containsExactly(out);
    }
  }

  @Test
  void startsAtArticlesThatTheBundledModelHasNotMet() throws IOException {
    Path out = dir.resolve("corpus.jsonl");
    assertThat(run("--rows", "1", "--out", out.toString())).isZero();
    assertThat(Files.readString(out)).startsWith("{\"id\":\"0-2000000000\",");
  }

  @Test
  void writesTheSameRowsAsParquet() throws IOException {
    Path out = dir.resolve("corpus");
    // The command ends the session that it finds or opens.
    SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
    assertThat(
            run(
                "--rows",
                "20",
                "--format",
                "parquet",
                "--first-index",
                "5",
                "--out",
                out.toString()))
        .isZero();
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      List<Row> rows = spark.read().parquet(out.toString()).orderBy("id").collectAsList();
      List<String> expected =
          new ArticleGenerator(0).articles(5, 25).map(Article::summary).sorted().toList();
      assertThat(rows).hasSize(20);
      assertThat(rows.stream().map(row -> row.<String>getAs("summary")).sorted())
          .isEqualTo(expected);
      assertThat(rows.get(0).schema().fieldNames())
          .containsExactly("id", "topic", "hard_slot", "article", "summary");
    }
  }

  @Test
  void refusesAPathThatExists() throws IOException {
    Path out = Files.writeString(dir.resolve("corpus.jsonl"), "mine");
    assertThat(run("--rows", "1", "--out", out.toString())).isEqualTo(2);
    assertThat(Files.readString(out)).isEqualTo("mine");
  }

  @Test
  void refusesRangesThatAreEmptyOrTooLong() {
    String out = dir.resolve("corpus.jsonl").toString();
    assertThat(run("--rows", "0", "--out", out)).isEqualTo(2);
    assertThat(run("--rows", "1", "--first-index", "" + Long.MAX_VALUE, "--out", out)).isEqualTo(2);
    assertThat(Path.of(out)).doesNotExist();
  }

  private static int run(String... args) {
    return GenerateCorpus.run(args);
  }
}
