package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static io.drex.job.TestJob.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sampling from the job's options to the table, on the simulated device. */
class SamplingTest {
  private static final int ROWS = 24;
  private static final String NOOP = "--device=sim:noop";

  @TempDir static Path shared;
  private static Path input = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void makeInput() throws IOException {
    input = lines(shared.resolve("in.jsonl"), TestJob.articles(ROWS));
  }

  /** E14. */
  @Tag("slow")
  @Test
  void partitionsAndWindowsChangeNoSampledToken() {
    String[] sampled = {"--temperature=0.8", "--top-p=0.95", "--seed=5"};
    Map<String, String> one = run(sampled, "--partitions=1", "--window-rows=1");
    assertThat(run(sampled, "--partitions=7", "--slots=3")).isEqualTo(one);
    assertThat(run(sampled, "--policy=full_depth", "--partitions=3"))
        .as("another policy, but the same numbers")
        .hasSameSizeAs(one);
    assertThat(run(new String[] {"--temperature=0.8", "--top-p=0.95", "--seed=6"}))
        .isNotEqualTo(one);
    assertThat(TestJob.hashes(greedy())).as("greedy").isNotEqualTo(one);
  }

  @Test
  void rowsMayBringTheirOwnOptions() throws IOException {
    String[] rows = TestJob.articles(4);
    rows[0] = with(rows[0], "\"max_new_tokens\": 2, \"temperature\": null");
    rows[1] = with(rows[1], "\"max_new_tokens\": null, \"temperature\": 0.5");
    rows[2] = with(rows[2], "\"max_new_tokens\": 0, \"temperature\": 0.5");
    rows[3] = with(rows[3], "\"max_new_tokens\": 3, \"temperature\": -1");
    Path own = lines(folder.resolve("in.jsonl"), rows);
    Path output = folder.resolve("own");
    Result result =
        TestJob.run(
            generate(own, output, NOOP, "--id-col=id", "--option-cols=max_new_tokens,temperature"));

    assertThat(result.code()).isEqualTo(ExitCode.OK);
    List<Row> table =
        TestJob.data(output)
            .orderBy("id")
            .select("completion_tokens", "error.code", "error.message")
            .collectAsList();
    assertThat(table.get(0).getInt(0)).isLessThanOrEqualTo(2);
    assertThat(table.get(1).getInt(0)).isPositive();
    assertThat(table.get(2).getString(1)).isEqualTo("BAD_OPTION");
    assertThat(table.get(2).getString(2))
        .isEqualTo("column max_new_tokens must be a whole number of at least 1 or null");
    assertThat(table.get(3).getString(2))
        .isEqualTo("column temperature must be a number in [0, 100] or null");
  }

  @Test
  void aCompletionEndsBeforeAStopString() {
    Path cut = folder.resolve("cut");
    Result result = TestJob.run(generate(input, cut, NOOP, "--id-col=id", "--stop=[\"e\", \"a\"]"));

    assertThat(result.code()).isEqualTo(ExitCode.OK);
    List<Row> rows =
        TestJob.data(cut)
            .as("c")
            .join(TestJob.data(greedy()).as("w"), "id")
            .select("c.completion", "w.completion", "c.finish_reason", "w.finish_reason")
            .collectAsList();
    assertThat(rows).hasSize(ROWS);
    int stopped = 0;
    for (Row row : rows) {
      String text = row.getString(1);
      String expected = text.split("[ea]", 2)[0];
      boolean ended = !expected.equals(text);
      assertThat(row.getString(0)).isEqualTo(expected);
      assertThat(row.getString(2)).isEqualTo(ended ? "stop" : row.getString(3));
      stopped += ended ? 1 : 0;
    }
    assertThat(stopped).isPositive();
  }

  @Test
  void logProbabilitiesAreWrittenOnRequest() {
    Path output = folder.resolve("with");
    TestJob.run(generate(input, output, NOOP, "--id-col=id", "--log-probs"));
    assertThat(TestJob.data(output).filter("size(token_log_probs) = completion_tokens").count())
        .isEqualTo(ROWS);
    Path without = greedy();
    assertThat(TestJob.data(without).filter("token_log_probs is not null").count()).isZero();
    assertThat(TestJob.hashes(without))
        .as("they change no result")
        .isEqualTo(TestJob.hashes(output));
  }

  @Test
  void wrongOptionsAreRefusedBeforeTheRun() {
    assertUsage(
        "--exit-threshold=2", "--exit-threshold 2.0 is not a number in [0, 1], as the metric");
    assertUsage("--stop=[]", "--stop: there must be 1 to 16 stop strings, not 0");
    assertUsage("--option-cols=temp", "--option-cols: 'temp' is no option that a row may have");
    assertUsage(
        "--top-p=0", "--top-p (spark.drex.sampling.topP) must be a number in (0, 1], not '0'");
  }

  @Test
  void otherSamplingIsAnotherTable() {
    Path output = folder.resolve("out");
    TestJob.run(generate(input, output, NOOP, "--id-col=id", "--temperature=0.5"));
    Result other = TestJob.run(generate(input, output, NOOP, "--id-col=id", "--temperature=0.6"));
    assertThat(other.code()).isEqualTo(ExitCode.USAGE);
    assertThat(other.err()).contains("sampling: 'temperature 0.5; ");
  }

  private void assertUsage(String option, String message) {
    Result result = TestJob.run(generate(input, folder.resolve("refused"), NOOP, option));
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains(message);
  }

  private static String with(String line, String more) {
    return line.substring(0, line.length() - 1) + ", " + more + "}";
  }

  /** The output of a run with no options of sampling; one for all tests. */
  private static Path greedy() {
    Path output = shared.resolve("greedy");
    if (!Files.exists(output)) {
      Result result = TestJob.run(generate(input, output, NOOP, "--id-col=id"));
      assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.OK);
    }
    return output;
  }

  /** Output hashes by id. */
  private Map<String, String> run(String[] sampling, String... more) {
    Path output = folder.resolve("out-" + String.join("", sampling) + String.join("", more));
    String[] words = new String[sampling.length + more.length + 2];
    words[0] = NOOP;
    words[1] = "--id-col=id";
    System.arraycopy(sampling, 0, words, 2, sampling.length);
    System.arraycopy(more, 0, words, 2 + sampling.length, more.length);
    assertThat(TestJob.run(generate(input, output, words)).code()).isEqualTo(ExitCode.OK);
    return TestJob.hashes(output);
  }
}
