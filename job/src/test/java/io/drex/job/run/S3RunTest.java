package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.model.BundledModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input, model, template, job file and output on S3; the driver is killed in the middle. */
@Tag("slow")
class S3RunTest {
  private static final int ROWS = 30;

  @TempDir Path folder;

  @Test
  void aKilledRunGoesOnAndEqualsTheLocalOne() throws IOException, InterruptedException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    try (S3Store store = S3Store.start(Files.createDirectories(folder.resolve("store")))) {
      fill(store, input);
      Path output = store.local("out");
      try (DriverProcess driver = driver("first", store)) {
        assertThat(driver.awaitJournalFile(output)).as("the driver said %s", driver.log()).isTrue();
        driver.process().destroyForcibly();
        assertThat(driver.awaitEnd()).isTrue();
      }
      assertThat(output.resolve("_drex/manifest.json")).doesNotExist();

      try (DriverProcess driver = driver("second", store)) {
        assertThat(driver.awaitEnd()).isTrue();
        assertThat(driver.process().exitValue()).as("the driver said %s", driver.log()).isZero();
        assertThat(driver.log()).containsPattern("of " + ROWS + " asked for were computed");
        assertThat(driver.log()).doesNotContain(ROWS + " of " + ROWS + " asked for were computed");
      }
      assertThat(TestJob.hashes(output)).isEqualTo(UndisturbedRun.hashes(ROWS));
      assertThat(output.resolve("_drex/manifest.json")).exists();
      assertThat(Files.readString(output.resolve("data/_SUCCESS")))
          .contains("\"committer\":\"magic\"");
      assertThat(leftovers(output)).isEmpty();
    }
  }

  private void fill(S3Store store, Path input) throws IOException {
    store.put(input, "in/a.jsonl");
    store.put(BundledModel.extract("bundled:", folder.resolve("models")), "model");
    store.put(
        Files.writeString(folder.resolve("t.txt"), "{article}\nSummary:"), "conf/template.txt");
    String job =
        """
        {"input": "s3a://bucket/in/a.jsonl", "idCol": ["id"], "model": "s3a://bucket/model",
         "template": "s3a://bucket/conf/template.txt", "output": "s3a://bucket/out"}
        """;
    store.put(Files.writeString(folder.resolve("job.json"), job), "conf/job.json");
  }

  private DriverProcess driver(String name, S3Store store) throws IOException {
    return DriverProcess.start(
        Files.createDirectories(folder.resolve(name)),
        "local[2]",
        store.options(),
        "generate",
        "--config=" + S3Store.uri("conf/job.json"),
        "--model-cache=" + folder.resolve("cache"),
        "--device=cpu:scalar",
        "--threads=1",
        "--measure-millis=20",
        "--slots=8",
        // So many shards that most are still waiting when the first has ended.
        "--partitions=30",
        "--max-new-tokens=12");
  }

  /** What belongs to no finished run: hidden files, and what committers keep. */
  private static List<String> leftovers(Path output) throws IOException {
    try (Stream<Path> files = Files.walk(output)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> output.relativize(file).toString())
          .filter(
              name ->
                  name.matches("(.*/)?\\..*|.*(__magic|_temporary|/journal/|/lock|lock.json).*"))
          .toList();
    }
  }
}
