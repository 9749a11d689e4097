package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** E16 over runs: what a run that died left of the row that killed it. */
class SuspectRowTest {
  private static final int ROWS = 12;

  @TempDir Path folder;

  @Test
  void theRowThatKilledARunIsAnErrorOfTheNextAndTriedAgainByTheOneAfter() throws IOException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    Path calm = folder.resolve("calm");
    run(input, calm);
    String key = key(calm, "7");
    Map<String, String> expected = TestJob.hashes(calm);

    Path output = folder.resolve("out");
    Path suspects = Files.createDirectories(output.resolve("_drex/suspects"));
    Files.createFile(suspects.resolve("alone-" + key));
    Files.writeString(suspects.resolve("together-dead-0-1-0"), key(calm, "8") + "\n");
    Result first = run(input, output);
    assertThat(first.code()).as(first.err()).isEqualTo(ExitCode.OK);
    assertThat(errors(output)).containsExactly("7 ENGINE_FAULT true");
    assertThat(TestJob.hashes(output)).hasSize(ROWS - 1);
    assertThat(files(suspects)).hasSize(1).allMatch(name -> name.startsWith("convicted-" + key));

    Result second = run(input, output);
    assertThat(ResumeTest.computed(second)).isEqualTo(1);
    assertThat(TestJob.hashes(output)).isEqualTo(expected);
    assertThat(files(suspects)).isEmpty();
  }

  private static Result run(Path input, Path output) {
    return TestJob.run(generate(input, output, "--id-col=id", "--device=sim:noop"));
  }

  private static String key(Path output, String id) {
    Row row = TestJob.data(output).filter("id = '" + id + "'").select("key").head();
    return HexFormat.of().formatHex(row.getAs(0));
  }

  private static List<String> errors(Path output) {
    return TestJob.spark()
        .read()
        .parquet(output.resolve("errors").toString())
        .selectExpr("concat_ws(' ', id, error.code, string(error.retryable))")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .toList();
    }
  }
}
