package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLoaderTest {
  @TempDir Path dir;

  @Test
  void loadsTheBundledModelWithItsRamps() {
    LoadedModel model = ModelLoader.load(BundledModel.extract("bundled:", dir));

    ModelSpec spec = model.spec();
    assertThat(spec.withRamps(List.of()))
        .isEqualTo(
            new ModelSpec(
                ModelFamily.LLAMA,
                8,
                128,
                320,
                4,
                2,
                32,
                1536,
                512,
                1e-5f,
                10_000,
                true,
                List.of()));
    assertThat(spec.ramps())
        .containsExactly(
            new RampSpec(2, ConfidenceMetric.MAX_PROB, 0.9f),
            new RampSpec(4, ConfidenceMetric.MAX_PROB, 0.9f),
            new RampSpec(6, ConfidenceMetric.MAX_PROB, 0.9f));
    assertThat(model.stopTokens()).containsExactly(2);
    assertThat(model.tensors()).hasSize(2 + 8 * 9);
    Tensor embedding = model.tensor("model.embed_tokens.weight");
    assertThat(embedding.dtype()).isEqualTo(DType.BF16);
    assertThat(embedding.shape()).containsExactly(1536L, 128L);
    assertThat(embedding.data().remaining()).isEqualTo(1536 * 128 * 2);
  }

  @Test
  void loadsARealModelFromItsFolder() {
    Path folder = Path.of(System.getProperty("drex.root"), "../shared/data/stories260k");
    assumeTrue(Files.isDirectory(folder), "no shared data: stories260k");

    LoadedModel model = ModelLoader.load(folder);

    assertThat(model.spec().layers()).isEqualTo(5);
    assertThat(model.spec().kvHeads()).isEqualTo(4);
    assertThat(model.spec().ramps()).isEmpty();
    assertThat(model.stopTokens()).containsExactlyInAnyOrder(1, 2);
    assertThat(model.tensor("model.norm.weight").dtype()).isEqualTo(DType.F32);
    assertThat(model.contentHash()).hasSize(64);
  }
}
