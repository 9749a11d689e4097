package io.drex.job.modelcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.drex.device.TinyFolder;
import io.drex.device.TinyModel;
import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.verdict.ExitCode;
import io.drex.model.BundledModel;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelCheckVerbTest {
  private static final Path ORDINARY =
      Path.of(System.getProperty("drex.root", ".."), "../shared/data/stories260k");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(ModelFamily.class)
  void checksModelsOfEveryFamily(ModelFamily family) throws IOException {
    Path tokenizer = BundledModel.extract("bundled:", folder).resolve("tokenizer.json");
    LoadedModel random = TinyModel.ofFamily(family, 1, 1536, 512);
    Path model = TinyFolder.write(random, folder.resolve("random"), 2);
    Files.copy(tokenizer, model.resolve("tokenizer.json"));

    Result result = TestJob.run("model-check", "--model=" + model, "--device=cpu:scalar");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isEqualTo(ExitCode.OK);
    assertThat(result.out())
        .contains("model     " + family.modelType() + ", 6 layers of 48, feed-forward 80, heads 4")
        .contains("ramp 2    max_prob")
        .contains("ramp 4    margin");
  }

  @Test
  void saysAllThatIsWrongWithAModel() throws IOException {
    Path model =
        TinyFolder.write(TinyModel.ofFamily(ModelFamily.QWEN2, 1), folder.resolve("random"), 1);
    Path config = model.resolve("config.json");
    String yarn = ", \"rope_scaling\": {\"type\": \"yarn\"}, \"hidden_act\": \"gelu\"}";
    Files.writeString(
        config, Files.readString(config).replaceFirst(",\\s*\"hidden_act\"[^}]*}$", yarn));

    Result result = TestJob.run("model-check", "--model=" + model);

    assertThat(result.code()).isEqualTo(ExitCode.ENGINE);
    assertThat(result.err())
        .contains(" has 2 errors:")
        .contains("config.json: hidden_act: \"gelu\" is not supported; only \"silu\"")
        .contains("config.json: rope_scaling.type: \"yarn\" is not supported; only \"default\"");
  }

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
