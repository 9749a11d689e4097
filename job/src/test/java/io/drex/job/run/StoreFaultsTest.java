package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.run.FaultyStore.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers of their own that write to a store which fails calls. */
@Tag("slow")
class StoreFaultsTest {
  private static final int ROWS = 12;
  private static final long SEED = 10;

  @TempDir Path folder;

  @Test
  void aStoreThatFailsOneCallInFiveChangesNothing() throws IOException, InterruptedException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));

    try (S3Store store = S3Store.startOpen(Files.createDirectories(folder.resolve("store")));
        FaultyStore faulty = FaultyStore.before(store.endpoint(), oneInFive());
        DriverProcess driver = start(faulty, generate(input, Path.of("/"), "--id-col=id"))) {
      assertThat(driver.awaitEnd()).isTrue();
      assertThat(driver.process().exitValue()).as("the driver said %s", driver.log()).isZero();
      assertThat(faulty.spoilt()).isGreaterThan(20);
      assertThat(driver.log())
          .containsPattern("store of s3a://bucket/out that this process made again: [1-9]");
      assertThat(TestJob.hashes(store.local("out"))).isEqualTo(UndisturbedRun.hashes(ROWS));
      assertThat(store.local("out/_drex/manifest.json")).exists();
    }
  }

  @Test
  void anOutputThatCannotBeWrittenIsRefusedBeforeTheModelIsRead()
      throws IOException, InterruptedException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(1));
    String[] words = generate(input, Path.of("/"), "--model=s3a://bucket/model");
    try (S3Store store = S3Store.startOpen(Files.createDirectories(folder.resolve("store")));
        FaultyStore readOnly =
            FaultyStore.before(
                store.endpoint(),
                (method, path) -> method.equals("PUT") ? Fate.DENIED : Fate.ANSWERED);
        DriverProcess driver = start(readOnly, words)) {
      assertThat(driver.awaitEnd()).isTrue();
      assertThat(driver.process().exitValue()).as("the driver said %s", driver.log()).isEqualTo(2);
      assertThat(driver.log())
          .contains("--output s3a://bucket/out cannot be written")
          .contains("choose another folder, or give this user the right to write there");
      assertThat(readOnly.calls()).isNotEmpty().noneMatch(call -> call.contains("model"));
    }
  }

  /** Of each five calls one fails, in one of several ways; the first journal file meets silence. */
  private static FaultyStore.Plan oneInFive() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Fate> bad = List.of(Fate.ERROR, Fate.BUSY, Fate.CUT, Fate.UNHEARD);
    AtomicBoolean silent = new AtomicBoolean();
    return (method, path) -> {
      if (method.equals("PUT") && path.contains("shard-") && silent.compareAndSet(false, true)) {
        return Fate.SILENT;
      }
      synchronized (random) {
        return random.nextInt(5) == 0 ? bad.get(random.nextInt(bad.size())) : Fate.ANSWERED;
      }
    };
  }

  private DriverProcess start(FaultyStore store, String... words) throws IOException {
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].startsWith("--output=") ? "--output=s3a://bucket/out" : words[i];
    }
    List<String> options = new ArrayList<>(S3Store.options(store.endpoint()));
    options.add("-Dspark.hadoop.fs.s3a.connection.timeout=15s"); // the least that S3A allows
    return DriverProcess.start(
        Files.createDirectories(folder.resolve("driver")), "local[2]", options, words);
  }
}
