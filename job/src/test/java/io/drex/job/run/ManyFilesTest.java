package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** J25: an input of very many files. */
@Tag("slow")
class ManyFilesTest {
  private static final int FILES = 4_000;

  @TempDir Path folder;

  /** Driver, tasks and the engine with the bundled model share this heap. */
  @Test
  void thousandsOfTinyFilesFitASmallHeap() throws IOException, InterruptedException {
    Path input = Files.createDirectories(folder.resolve("in"));
    for (int i = 0; i < FILES; i++) {
      Files.writeString(
          input.resolve(i + ".jsonl"), "{\"id\": " + i + ", \"article\": \"number " + i + "\"}\n");
    }
    Path output = folder.resolve("out");
    String[] command =
        generate(input, output, "--id-col=id", "--device=sim:noop", "--max-new-tokens=1");
    try (DriverProcess driver =
        DriverProcess.start(folder, "local[2]", List.of("-Xmx512m"), command)) {
      assertThat(driver.awaitEnd()).isTrue();
      assertThat(driver.process().exitValue()).as("the driver said %s", driver.log()).isZero();
    }
    assertThat(TestJob.data(output).count()).isEqualTo(FILES);
    assertThat(TestJob.data(output).select("id").distinct().count()).isEqualTo(FILES);
  }
}
