package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.device.TinyFolder;
import io.drex.device.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the families' folders may say. */
class ModelFamiliesTest {
  private static final String ABSENT = "absent";

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(ModelFamily.class)
  void readsBackWhatWasWritten(ModelFamily family) {
    LoadedModel model = TinyModel.ofFamily(family, 1);

    LoadedModel loaded = ModelLoader.load(TinyFolder.write(model, folder, 4));

    assertThat(loaded.spec()).isEqualTo(model.spec());
    assertThat(loaded.tensors()).isEqualTo(model.tensors());
  }

  @ParameterizedTest
  @CsvSource({"QWEN2, q_proj.bias, 64", "QWEN2, v_proj.bias, 32", "QWEN3, k_norm.weight, 16"})
  void missesAFamilysOwnTensors(ModelFamily family, String suffix, int elements) {
    LoadedModel model = TinyModel.ofFamily(family, 1);
    String name = "model.layers.2.self_attn." + suffix;
    Map<String, Tensor> tensors = new HashMap<>(model.tensors());
    tensors.remove(name);
    write(model, tensors);

    assertRefused("weights: " + name + ": missing; expected shape [" + elements + "]");
  }

  @Test
  void refusesTensorsOfAnotherFamily() throws IOException {
    TinyFolder.write(TinyModel.ofFamily(ModelFamily.QWEN2, 1), folder, 1);
    edit("model_type", "\"mistral\"");
    edit("architectures", "[\"MistralForCausalLM\"]");
    edit("sliding_window", "null");

    assertThatThrownBy(() -> ModelLoader.load(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(" has 18 errors:")
        .hasMessageContaining(
            "model.layers.0.self_attn.k_proj.bias: a mistral model has no such tensor");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QWEN2|architectures|[\"Qwen2Model\"]|[\"Qwen2Model\"]; of model_type \"qwen2\" only [\"Qwen2For",
        "QWEN2|attention_bias|false|false is not supported; only true",
        "QWEN2|num_key_value_heads|absent|missing",
        "MISTRAL|num_key_value_heads|absent|missing",
        "QWEN3|attention_bias|true|true is not supported; only false",
        "QWEN3|head_dim|absent|missing",
        "QWEN3|head_dim|17|17 is odd; rotary embedding needs pairs",
        "MISTRAL|hidden_act|\"gelu\"|\"gelu\" is not supported; only \"silu\"",
        "MISTRAL|sliding_window|319|319 is less than max_position_embeddings 320, and attention over a"
            + " window is not supported; in a copy of the model set max_position_embeddings to 319 to",
        "MISTRAL|sliding_window|0|0 is not an integer in [1, 2147483647]",
        "LLAMA|sliding_window|100|100 is less than max_position_embeddings 320",
        "QWEN3|layer_types|[\"full_attention\",\"linear_attention\"]|\"linear_attention\" is not supp",
        "QWEN2|layer_types|[\"sliding_attention\"]|\"sliding_attention\" is not supported; only \"full",
        "QWEN2|use_sliding_window|1|1 is not true or false",
      })
  void refusesWhatAFamilyDoesNotSay(ModelFamily family, String key, String value, String message)
      throws IOException {
    TinyFolder.write(TinyModel.ofFamily(family, 1), folder, 1);
    edit(key, value);

    assertRefused("config.json: " + key + ": " + message);
  }

  @Test
  void aWindowThatIsNotGivenIsTheFamilysDefault() throws IOException {
    TinyFolder.write(TinyModel.ofFamily(ModelFamily.MISTRAL, 1), folder, 1);
    edit("sliding_window", ABSENT);
    assertThat(ModelLoader.load(folder).spec().maxPositions()).isEqualTo(320);

    edit("max_position_embeddings", "4097");
    assertRefused("config.json: sliding_window: absent, which means 4096 is less than max_pos");
  }

  @ParameterizedTest
  @CsvSource({"MISTRAL, 320", "MISTRAL, 4096", "LLAMA, 320", "LLAMA, null", "QWEN3, 8"})
  void acceptsAWindowThatSeesEverything(ModelFamily family, String window) throws IOException {
    TinyFolder.write(TinyModel.ofFamily(family, 1), folder, 1);
    edit("sliding_window", window);

    assertThat(ModelLoader.load(folder).spec().family()).isEqualTo(family);
  }

  @Test
  void aSwitchedOnWindowCounts() throws IOException {
    TinyFolder.write(TinyModel.ofFamily(ModelFamily.QWEN2, 1), folder, 1);
    edit("use_sliding_window", "true");
    edit("layer_types", "[\"full_attention\", \"sliding_attention\"]");
    assertThat(ModelLoader.load(folder).spec().family()).isEqualTo(ModelFamily.QWEN2);

    edit("sliding_window", "128");
    assertRefused("config.json: sliding_window: 128 is less than max_position_embeddings 320");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"rope_type\":\"yarn\",\"factor\":4}|rope_type: \"yarn\" is not supported; only \"default\" and",
        "{\"type\":\"linear\"}|type: \"linear\" is not supported; only \"default\" and \"llama3\"",
        "{\"factor\":8}|factor: not a setting that is supported with the rope_type \"default\"",
        "{\"type\":\"default\",\"partial_rotary_factor\":0.5}|partial_rotary_factor: not supported; only 1",
        "{\"rope_theta\":0}|rope_theta: 0 is not a number above 0",
        "{\"rope_type\":\"llama3\",\"type\":\"yarn\"}|type: \"yarn\" is not the rope_type \"llama3\"",
        "{\"rope_type\":\"llama3\",\"low_freq_factor\":1,\"high_freq_factor\":4}|factor: missing",
        "{\"rope_type\":\"llama3\",\"factor\":8,\"high_freq_factor\":4}|low_freq_factor: missing",
        "{\"rope_type\":\"llama3\",\"factor\":8}|original_max_position_embeddings: missing",
        "{\"rope_type\":\"llama3\",\"factor\":0.5}|factor: 0.5 is less than 1",
        "{\"rope_type\":\"llama3\",\"low_freq_factor\":4,\"high_freq_factor\":4}|high_freq_factor: 4.0 is"
            + " not above low_freq_factor 4.0",
        "{\"rope_type\":\"llama3\",\"attention_factor\":2}|attention_factor: not a setting that is supp",
      })
  void refusesOtherRotaryEmbeddings(String rope, String message) throws IOException {
    TinyFolder.write(TinyModel.ofFamily(ModelFamily.QWEN2, 1), folder, 1);
    for (String key : new String[] {"rope_scaling", "rope_parameters"}) {
      edit("rope_scaling", "null");
      edit(key, rope);

      assertThatThrownBy(() -> ModelLoader.load(folder))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("config.json: " + key + "." + message);
    }
  }

  @Test
  void readsTheNewerWayToWriteScaledFrequencies() throws IOException {
    TinyFolder.write(TinyModel.ofFamily(ModelFamily.LLAMA, 1), folder, 1);
    RopeSpec older = ModelLoader.load(folder).spec().rope();
    ObjectNode scaling = (ObjectNode) config().get("rope_scaling");
    edit("rope_parameters", scaling.deepCopy().put("rope_theta", 500_000).toString());
    assertRefused("config.json: rope_scaling: there is rope_parameters too; keep one of the two");

    edit("rope_scaling", ABSENT);
    edit("rope_theta", ABSENT);
    assertThat(ModelLoader.load(folder).spec().rope())
        .isEqualTo(new RopeSpec(500_000, older.scaling()));
  }

  private void write(LoadedModel model, Map<String, Tensor> tensors) {
    TinyFolder.write(new LoadedModel(model.spec(), model.stopTokens(), "", tensors), folder, 2);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> ModelLoader.load(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("model folder " + folder + ": " + message);
  }

  private ObjectNode config() throws IOException {
    return (ObjectNode) Json.MAPPER.readTree(folder.resolve("config.json").toFile());
  }

  private void edit(String key, String value) throws IOException {
    ObjectNode config = config();
    if (value.equals(ABSENT)) {
      config.remove(key);
    } else {
      config.set(key, Json.MAPPER.readTree(value));
    }
    Files.writeString(folder.resolve("config.json"), config.toString());
  }
}
