package io.drex.job.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history checker finds what it is for. */
class HistoryTest {
  @TempDir static Path folder;
  private static Path good = Path.of("");
  private static Map<String, TableRow> reference = Map.of();

  @TempDir Path own;
  private Path output = Path.of("");

  @BeforeAll
  static void generate() throws IOException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(12));
    good = folder.resolve("out");
    run(input, good);
    reference = History.reference(good);
    assertThat(reference).hasSize(12);
    run(input, folder.resolve("other"), "--max-new-tokens=3");
  }

  @BeforeEach
  void copy() throws IOException {
    output = own.resolve("out");
    try (Stream<Path> files = Files.walk(good)) {
      for (Path file : files.toList()) {
        Files.copy(file, output.resolve(good.relativize(file).toString()));
      }
    }
  }

  @Test
  void anUndisturbedOutputIsGood() throws Exception {
    assertThat(violations()).isEmpty();
  }

  @Test
  void anIdThatIsThereTwiceIsFound() throws Exception {
    Files.copy(file(output), output.resolve("data/part-copy.parquet"));
    assertThat(violations()).anyMatch(violation -> violation.endsWith("is there twice"));
  }

  @Test
  void otherBytesAreFound() throws Exception {
    Files.delete(file(output));
    Files.copy(file(folder.resolve("other")), output.resolve("data/part-0.parquet"));
    assertThat(violations()).contains("row 7 has other bytes");
  }

  @Test
  void aFileThatIsNotCompleteIsFound() throws Exception {
    Files.write(output.resolve("data/part-1.parquet"), List.of("PAR1"));
    assertThat(violations()).anyMatch(violation -> violation.startsWith("a reader fails"));
  }

  @Test
  void missingRowsAreFoundWhereTheManifestAnnouncesThem() throws Exception {
    Files.delete(file(output));
    assertThat(violations())
        .contains("the manifest is there with 0 rows", "in the end there are 0 ids");
  }

  @Test
  void aFileThatGoesWhileReadersSeeItIsFound() throws Exception {
    try (History history = History.watch(output, reference)) {
      while (history.summary().startsWith("0 looks")) {
        LockSupport.parkNanos(1_000_000);
      }
      Files.move(file(output), output.resolve("data/part-other.parquet"));
      history.checkEnd();
      assertThat(history.violations())
          .anyMatch(violation -> violation.startsWith("a reader's file has gone"));
    }
  }

  @Test
  void whatIsLeftInTheJournalIsFound() throws Exception {
    Files.createDirectories(output.resolve("_drex/journal"));
    assertThat(violations()).containsExactly("there is a journal left");
  }

  private List<String> violations() throws IOException, InterruptedException {
    try (History history = History.watch(output, reference)) {
      history.checkEnd();
      return history.violations();
    }
  }

  private static Path file(Path output) throws IOException {
    return TableRow.files(output.resolve("data")).get(0);
  }

  private static void run(Path input, Path output, String... more) {
    String[] words = {"--id-col=id", "--device=sim:noop"};
    TestJob.run(
        TestJob.generate(
            input,
            output,
            Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new)));
  }
}
