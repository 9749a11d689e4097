package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report says is what the Parquet says, asked another way. */
class ReportFiguresTest {
  private static final Pattern BAR =
      Pattern.compile(">([^<]+)</text>\\s*<rect[^>]*/>\\s*<text[^>]*>(\\d+) ");
  private static final Pattern RANGE =
      Pattern.compile(
          "<title>depth (\\d+), (\\d+) tokens: ([\\d.]+), ([\\d.]+), ([\\d.]+)</title>");

  @TempDir Path folder;

  @Test
  void theReportsFiguresAreTheTables() throws IOException {
    List<String> lines = new ArrayList<>(List.of(TestJob.articles(60)));
    lines.add("{\"id\": 1000, \"topic\": \"t\", \"article\": \"\"}");
    lines.add("{\"id\": 1001, \"topic\": \"t\", \"article\": \"" + "word ".repeat(2000) + "\"}");
    Path input = TestJob.lines(folder.resolve("in.jsonl"), lines.toArray(String[]::new));
    Path output = folder.resolve("out");
    TestJob.Result result =
        TestJob.run(
            generate(
                input,
                output,
                "--device=sim:noop",
                "--prompt={article}",
                "--id-col=id",
                "--exit-threshold=0.5",
                "--token-stats"));
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.OK);
    String page = Files.readString(output.resolve("_drex/report.html"));
    TestJob.data(output).createOrReplaceTempView("results");

    Map<String, Long> expected = new TreeMap<>();
    expected.putAll(
        counts(
            "select concat('depth ', d), count(*) from (select explode(token_depths) d from results)"
                + " group by 1"));
    assertThat(expected).as("depths").hasSizeGreaterThan(2);
    expected.putAll(
        counts("select error.code, count(*) from results where error is not null group by 1"));
    assertThat(expected).containsKeys("EMPTY_PROMPT", "PROMPT_TOO_LONG");
    assertThat(bars(page)).isEqualTo(expected);
    assertThat(ranges(page)).isEqualTo(rangesOfTheTable());
    assertThat(page).contains("Generated tokens per second over the run").doesNotContain("<script");
  }

  private static Map<String, Long> bars(String page) {
    Map<String, Long> bars = new TreeMap<>();
    Matcher matcher = BAR.matcher(page);
    while (matcher.find()) {
      bars.put(matcher.group(1), Long.valueOf(matcher.group(2)));
    }
    return bars;
  }

  private static List<String> ranges(String page) {
    List<String> ranges = new ArrayList<>();
    Matcher matcher = RANGE.matcher(page);
    while (matcher.find()) {
      ranges.add(matcher.group(1) + " " + matcher.group(2) + " " + matcher.group(4));
    }
    return ranges;
  }

  private static List<String> rangesOfTheTable() {
    return TestJob.spark()
        .sql(
            "select concat(d, ' ', count(*), ' ', format_string('%.6f', percentile_disc(0.5) within"
                + " group (order by c))) from (select t.token_depths d, cast(t.token_confidences as"
                + " double) c from (select explode(arrays_zip(token_depths, token_confidences)) t"
                + " from results)) group by d order by d")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private static Map<String, Long> counts(String sql) {
    Map<String, Long> counts = new TreeMap<>();
    for (Row row : TestJob.spark().sql(sql).collectAsList()) {
      counts.put(row.getString(0), row.getLong(1));
    }
    return counts;
  }
}
