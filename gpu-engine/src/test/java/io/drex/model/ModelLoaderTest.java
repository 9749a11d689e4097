package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLoaderTest {
  @TempDir Path dir;

  @Test
  void loadsTheBundledModelWithItsRamps() throws IOException {
    Path folder = BundledModel.extract("bundled:", dir);
    JsonNode config = new ObjectMapper().readTree(folder.resolve("config.json").toFile());
    JsonNode ramps = new ObjectMapper().readTree(folder.resolve("ramps.json").toFile());

    LoadedModel model = ModelLoader.load(folder);

    ModelSpec spec = model.spec();
    int vocab = config.get("vocab_size").intValue();
    int hidden = config.get("hidden_size").intValue();
    assertThat(spec.withRamps(List.of()))
        .isEqualTo(
            new ModelSpec(
                ModelFamily.LLAMA,
                config.get("num_hidden_layers").intValue(),
                hidden,
                config.get("intermediate_size").intValue(),
                config.get("num_attention_heads").intValue(),
                config.get("num_key_value_heads").intValue(),
                config.get("head_dim").intValue(),
                vocab,
                config.get("max_position_embeddings").intValue(),
                config.get("rms_norm_eps").floatValue(),
                config.get("rope_theta").doubleValue(),
                true,
                List.of()));
    assertThat(spec.ramps()).hasSize(ramps.get("ramps").size()).hasSize(3);
    for (int i = 0; i < spec.ramps().size(); i++) {
      JsonNode ramp = ramps.get("ramps").get(i);
      RampSpec loaded = spec.ramps().get(i);
      assertThat(loaded.depth()).isEqualTo(ramp.get("depth").intValue());
      assertThat(loaded.threshold()).isEqualTo(ramp.get("threshold").floatValue());
      assertThat(loaded.metric().text()).isEqualTo(ramp.get("metric").textValue());
    }
    assertThat(model.stopTokens()).containsExactly(2);
    assertThat(model.tensors()).hasSize(2 + spec.layers() * 9);
    Tensor embedding = model.tensor("model.embed_tokens.weight");
    assertThat(embedding.dtype()).isEqualTo(DType.BF16);
    assertThat(embedding.shape()).containsExactly((long) vocab, (long) hidden);
    assertThat(embedding.data().remaining()).isEqualTo(vocab * hidden * 2);
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
