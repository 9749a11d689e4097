package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.output.OutputLayout;
import io.drex.job.output.StatusFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateVerbTest {
  @TempDir Path folder;

  @Test
  void aVerdictThatCannotBeWrittenDownIsStillTheVerdict() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the folder's place");
    Configuration hadoop = new Configuration();
    StatusFile status = StatusFile.open(OutputLayout.of(file.toString(), hadoop), "run", hadoop);
    JobException verdict = new JobException(ExitCode.ENGINE, "the device is gone");

    assertThat(GenerateVerb.told(verdict, status)).isSameAs(verdict);
  }
}
