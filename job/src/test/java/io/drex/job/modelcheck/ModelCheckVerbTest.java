package io.drex.job.modelcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCheckVerbTest {
  private static final Path ORDINARY =
      Path.of(System.getProperty("drex.root", ".."), "../shared/data/stories260k");

  @TempDir Path folder;

  @Test
  void warnsOfAnOrdinaryModelsRampsWithTheirFigures() throws IOException {
    assumeTrue(Files.isDirectory(ORDINARY), "no shared data in " + ORDINARY);
    Path ramps = folder.resolve("ramps.json");
    Files.writeString(
        ramps,
        """
        {"ramps": [{"depth": 1, "metric": "max_prob", "threshold": 0.9},
                   {"depth": 3, "metric": "max_prob", "threshold": 0.9}]}
        """);

    Result result =
        TestJob.run(
            "model-check", "--model=" + ORDINARY, "--ramps=" + ramps, "--device=cpu:scalar");

    assertThat(result.code()).isEqualTo(ExitCode.OK);
    assertThat(result.out())
        .containsPattern(
            "ramp 1 .* full depth's for \\d\\.\\d %; 8\\d\\.\\d % of tokens pass, \\d\\.")
        .containsPattern(
            "ramp 3 .* full depth's for [12]\\d\\.\\d %; .* [1-4]\\d\\.\\d % of those agree")
        .contains("WARNING   the ramp at depth 1 seems untrained")
        .contains("WARNING   the ramp at depth 3 seems untrained");
  }
}
