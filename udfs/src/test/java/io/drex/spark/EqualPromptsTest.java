package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.arrow.RowOutcome;
import io.drex.engine.ErrorCode;
import io.drex.engine.RowError;
import io.drex.engine.SamplingParams;
import io.drex.engine.Urgency;
import io.drex.spark.engine.EngineHolder;
import io.drex.spark.engine.PoisonedEngines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EqualPromptsTest {
  private static final StructType TEXTS =
      new StructType().add("id", "string").add("text", "string");
  private static final String OFTEN = "a storm closed the bridge";

  private static PoisonedEngines engines = new PoisonedEngines(() -> {});

  @TempDir Path folder;

  @Test
  void rowsOfOnePromptAreRunOnceAndEachGetsItsRow() throws IOException {
    TestRun run = new TestRun(folder.resolve("run"), "run-1").set("spark.drex.run.windowRows", "8");
    List<Row> rows = new ArrayList<>(List.of(row("first", "rain")));
    for (int i = 0; i < 500; i++) {
      rows.add(row("often-" + i, OFTEN));
    }
    rows.add(row("last", "snow"));
    TaskReport report = generate(run, new GenerateTask(run.spec(), run.progress), rows);

    assertThat(run.engine().snapshot().submitted()).isEqualTo(3);
    assertThat(report.counts().rows()).isEqualTo(502);
    assertThat(report.counts().copies()).isEqualTo(499);
    assertThat(report.counts().tokens()).isEqualTo(run.engine().snapshot().tokens());
    Dataset<Row> output = run.output();
    assertThat(output.select("id").distinct().count()).isEqualTo(502);
    assertThat(output.select("key").distinct().count()).isEqualTo(502);
    Dataset<Row> often = output.filter("id like 'often-%'");
    assertThat(often.select("output_sha256", "completion", "prompt_sha256").distinct().count())
        .isEqualTo(1);
    TestRun alone = new TestRun(folder.resolve("alone"), "run-1");
    alone.generate(frame(List.of(row("x", OFTEN))), 1);
    assertThat(often.select("output_sha256").head())
        .isEqualTo(alone.output().select("output_sha256").head());
  }

  @Test
  void sampledRowsAreEachRun() throws IOException {
    TestRun run = new TestRun(folder, "run-1").set("spark.drex.sampling.temperature", "0.7");
    List<Row> rows = List.of(row("a", OFTEN), row("b", OFTEN), row("c", OFTEN));
    TaskReport report = generate(run, new GenerateTask(run.spec(), run.progress), rows);

    assertThat(run.engine().snapshot().submitted()).isEqualTo(3);
    assertThat(report.counts().copies()).isZero();
  }

  @Test
  void rowsOfOnePromptThatKillsEnginesFailTogether() throws IOException {
    engines = new PoisonedEngines(PoisonedEngines::lose);
    TestRun run = new TestRun(folder, "run-1").set("spark.drex.engine.measureMillis", "0");
    List<Row> rows = new ArrayList<>(List.of(row("good", "rain")));
    for (int i = 0; i < 100; i++) {
      rows.add(row("bad-" + i, PoisonedEngines.POISON + " rain"));
    }
    rows.add(row("later", "snow"));
    GenerateTask task = new GenerateTask(run.spec(), run.progress, EqualPromptsTest::holder);
    TaskReport report = generate(run, task, rows);
    engines.holder().closeEngines();

    assertThat(report.counts().errors()).isEqualTo(100);
    assertThat(run.output().filter("error.code = 'ENGINE_FAULT'").select("id").collectAsList())
        .hasSize(100)
        .allMatch(row -> row.getString(0).startsWith("bad-"));
    assertThat(engines.opened()).as("lost twice, not 101 times").isEqualTo(3);
  }

  @Test
  void equalTextWithOtherControlTokensIsAnotherPrompt() {
    EqualPrompts equal = new EqualPrompts();
    equal.first(prompt("a", 1, 2, 3));

    assertThat(equal.isCopy(prompt("b", 1, 2, 3))).isTrue();
    assertThat(equal.isCopy(prompt("b", 1, 4, 3))).isFalse();
    assertThat(equal.waiting()).isZero();
  }

  @Test
  void aCopyThatComesLaterDoesNotWait() {
    EqualPrompts equal = new EqualPrompts();
    PromptReader.Reading.Tokens first = prompt("a", 1, 2);
    equal.first(first);
    assertThat(equal.add(copy("b"))).isNull();
    assertThat(equal.waiting()).isEqualTo(1);
    RowError error = new RowError(ErrorCode.NUMERIC_FAULT, "not finite");
    RowOutcome failed = new RowOutcome.Failed("a", first.key(), "sha", 2, error);
    assertThat(equal.finished(failed).stream().map(EqualPrompts.Copy::id)).containsExactly("b");
    assertThat(equal.waiting()).isZero();

    assertThat(equal.add(copy("c")))
        .isInstanceOfSatisfying(
            RowOutcome.Failed.class,
            outcome -> {
              assertThat(outcome.id()).isEqualTo("c");
              assertThat(outcome.error()).isEqualTo(error);
            });
    assertThat(equal.finished(failed)).as("told once").isEmpty();
  }

  private static EngineHolder holder() {
    return engines.holder();
  }

  private static TaskReport generate(TestRun run, GenerateTask task, List<Row> rows) {
    return run.input(frame(rows))
        .coalesce(1)
        .mapPartitions(task, TaskReport.encoder())
        .collectAsList()
        .get(0);
  }

  private static Dataset<Row> frame(List<Row> rows) {
    return LocalSpark.session().createDataFrame(rows, TEXTS);
  }

  private static Row row(String id, String text) {
    return RowFactory.create(id, text);
  }

  private static PromptReader.Reading.Tokens prompt(String id, int... tokens) {
    byte[] key = RowKey.of("f", id, List.of());
    return new PromptReader.Reading.Tokens(
        id, key, "sha", tokens, new SamplingParams(8), Urgency.USUAL);
  }

  private static EqualPrompts.Copy copy(String id) {
    return new EqualPrompts.Copy(id, RowKey.of("f", id, List.of()), RowFactory.create());
  }
}
