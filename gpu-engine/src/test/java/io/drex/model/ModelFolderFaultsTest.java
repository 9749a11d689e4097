package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model folder may hold; faults M3, M4, M5 and M7. */
class ModelFolderFaultsTest {
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String SHARD = "model-00001-of-00001.safetensors";

  @TempDir Path dir;
  private Path folder;
  private ModelSpec spec;

  @BeforeEach
  void copyAGoodFolder() {
    folder = BundledModel.extract("bundled:", dir);
    spec = ModelLoader.load(folder).spec();
  }

  @ParameterizedTest
  @CsvSource({
    "../../x.safetensors,is not a plain name; model files must lie in the folder",
    "/etc/x.safetensors,is not a plain name; model files must lie in the folder",
    "https://host/x.safetensors,is not a plain name; model files must lie in the folder",
    "..\\x.safetensors,is not a plain name; model files must lie in the folder",
  })
  void refusesShardsOutsideTheFolder(String shard, String message) throws Exception {
    writeIndex(shard);

    assertRefused(INDEX + ": shard file name '" + shard + "' " + message);
  }

  @Test
  void refusesALinkThatLeavesTheFolder() throws Exception {
    Path outside = Files.copy(folder.resolve(WEIGHTS), dir.resolve("outside.safetensors"));
    Files.createSymbolicLink(folder.resolve(SHARD), outside);
    writeIndex(SHARD);

    assertRefused(
        INDEX
            + ": shard "
            + SHARD
            + ": a link that leads out of the model folder; copy the folder");
  }

  @Test
  void refusesALinkedConfigToo() throws Exception {
    Path outside = Files.copy(folder.resolve("config.json"), dir.resolve("outside.json"));
    Files.delete(folder.resolve("config.json"));
    Files.createSymbolicLink(folder.resolve("config.json"), outside);

    assertRefused("config.json: a link that leads out of the model folder");
  }

  @Test
  void refusesShardsThatAreNoWeights() throws Exception {
    writeIndex("pytorch_model.bin");

    assertRefused(INDEX + ": shard 'pytorch_model.bin' is not a .safetensors file");
  }

  @Test
  void refusesAMissingShard() throws Exception {
    writeIndex(SHARD);

    assertRefused(INDEX + ": shard " + SHARD + ": missing in " + folder.toRealPath());
  }

  @Test
  void refusesAnExtraShard() throws Exception {
    Files.copy(folder.resolve(WEIGHTS), folder.resolve(SHARD));
    Files.copy(folder.resolve(WEIGHTS), folder.resolve("model-00002-of-00002.safetensors"));
    writeIndex(SHARD);

    assertRefused("model-00002-of-00002.safetensors: not listed in " + INDEX);
  }

  @Test
  void refusesAShardThatDoesNotMatchTheIndex() throws Exception {
    Files.copy(folder.resolve(WEIGHTS), folder.resolve(SHARD));
    Files.writeString(
        folder.resolve(INDEX), "{\"weight_map\": {\"model.norm.weight\": \"" + SHARD + "\"}}");
    assertRefused(SHARD + ": tensor 'model.embed_tokens.weight' is not listed for this shard");

    writeIndex(SHARD, "model.extra");
    assertRefused(INDEX + ": tensor 'model.extra' is not in its shard " + SHARD);
  }

  @Test
  void loadsShards() throws Exception {
    LoadedModel single = ModelLoader.load(folder);
    Files.move(folder.resolve(WEIGHTS), folder.resolve(SHARD));
    writeIndex(SHARD);

    LoadedModel sharded = ModelLoader.load(folder);

    assertThat(sharded.tensors()).isEqualTo(single.tensors());
    assertThat(sharded.contentHash()).isNotEqualTo(single.contentHash());
  }

  @Test
  void listsAllErrorsOfTheConfigurationAtOnce() throws Exception {
    editConfig("vocab_size", "2147483648");
    editConfig("num_hidden_layers", "-1");
    editConfig("num_attention_heads", "5");
    editConfig("num_key_value_heads", "2");
    editConfig("hidden_act", "\"gelu\"");
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [2, -1]}");
    Files.writeString(
        folder.resolve("ramps.json"), "{\"ramps\": [{\"depth\": 2, \"threshold\": 7}]}");

    assertThatThrownBy(() -> ModelLoader.load(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("model folder " + folder + " has 6 errors:")
        .hasMessageContaining("config.json: hidden_act: \"gelu\" is not supported; only \"silu\"")
        .hasMessageContaining(
            "config.json: vocab_size: 2147483648 is not an integer in [2, 16777216]")
        .hasMessageContaining("config.json: num_hidden_layers: -1 is not an integer in [1, 1024]")
        .hasMessageContaining(
            "config.json: num_key_value_heads: 2 does not divide the 5 query heads")
        .hasMessageContaining("generation_config.json: eos_token_id: -1 is not a token id in [0, ")
        .hasMessageContaining("ramps.json: ramps[0].threshold: 7 is not a number in [0, 1]");
  }

  @Test
  void refusesTextThatIsNoUtf8() throws Exception {
    Files.write(folder.resolve("config.json"), new byte[] {'{', '"', (byte) 0xFF, '"'});

    assertRefused("config.json: not valid UTF-8");
  }

  @Test
  void refusesAConfigurationThatIsTooLarge() throws Exception {
    Files.write(folder.resolve("ramps.json"), new byte[(4 << 20) + 1]);

    assertRefused("ramps.json: 4194305 bytes, more than the 4194304 such a file may have");
  }

  @Test
  void noDocumentCanNameAJavaType() {
    JavaType any = Json.MAPPER.constructType(Object.class);

    assertThat(Json.MAPPER.getDeserializationConfig().getDefaultTyper(any)).isNull();
  }

  @Test
  void refusesARampAtTheLastLayer() throws Exception {
    int layers = spec.layers();
    Files.writeString(
        folder.resolve("ramps.json"),
        "{\"ramps\": [{\"depth\": %d, \"threshold\": 0.5}]}".formatted(layers));

    assertRefused(
        "model folder %s: ramps.json: ramps[0].depth: %d is not an integer in (0, %d)"
            .formatted(folder, layers, layers));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model_type|\"mixtral\"|\"mixtral\"; supported are only: llama, mistral, qwen2, qwen3",
        "model_type|null|missing; supported are only: llama, mistral, qwen2, qwen3",
        "architectures|[\"LlamaModel\"]|[\"LlamaModel\"]; of model_type \"llama\" only [\"LlamaForCausalLM\"]",
        "auto_map|{}|the model brings its own code, which is never run; use a plain model",
        "attention_bias|true|true is not supported; only false",
        "partial_rotary_factor|0.5|not supported; only 1, the whole head",
        "mlp_bias|true|true is not supported; only false",
        "use_mrope|true|true is not supported; only false",
        "dual_chunk_attention_config|{}|not supported; use a model without it",
        "quantization_config|{}|not supported; use a model without it",
        "rope_theta|-1|-1 is not a number above 0",
        "rms_norm_eps|\"x\"|\"x\" is not a number above 0",
        "head_dim|33|33 is odd; rotary embedding needs pairs",
        "tie_word_embeddings|1|1 is not true or false",
        "hidden_size|null|missing",
        "intermediate_size|1.5|1.5 is not an integer in [1, 1048576]",
      })
  void refusesModelsWhoseArithmeticIsNotOurs(String key, String value, String message)
      throws Exception {
    editConfig(key, value);

    assertRefused("model folder " + folder + ": config.json: " + key + ": " + message);
  }

  @Test
  void acceptsTheNewerWayToWriteThePlainRotaryEmbedding() throws Exception {
    editConfig("rope_theta", "null");
    editConfig("rope_parameters", "{\"rope_type\":\"default\",\"rope_theta\":500000}");

    assertThat(ModelLoader.load(folder).spec().rope()).isEqualTo(RopeSpec.plain(500_000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytorch_model.bin", "consolidated.00.pth", "model.pt"})
  void neverOpensPickles(String pickle) throws Exception {
    Files.move(folder.resolve(WEIGHTS), folder.resolve(pickle));

    assertRefused(
        pickle + ": a pickle file, which can run code and is never opened; convert the model to");
  }

  @Test
  void refusesAFolderWithoutWeights() throws Exception {
    Files.delete(folder.resolve(WEIGHTS));

    assertRefused("model.safetensors: missing in " + folder.toRealPath() + ", and so is " + INDEX);
  }

  @Test
  void refusesAFolderThatIsNotThere() {
    folder = dir.resolve("nowhere");

    assertRefused("model folder " + folder + " does not exist or is not a directory; check the");
  }

  @Test
  void refusesTensorsOfAnotherShape() throws Exception {
    int vocab = spec.vocabSize();
    int hidden = spec.hiddenSize();
    editConfig("vocab_size", Integer.toString(vocab - 1));

    assertRefused(
        "model folder %s: weights: model.embed_tokens.weight: shape [%d, %d], but config.json"
                .formatted(folder, vocab, hidden)
            + " implies [%d, %d]".formatted(vocab - 1, hidden));
  }

  @Test
  void refusesMissingTensors() throws Exception {
    editConfig("tie_word_embeddings", "false");

    assertRefused(
        "model folder %s: weights: lm_head.weight: missing; expected shape [%d, %d]"
            .formatted(folder, spec.vocabSize(), spec.hiddenSize()));
  }

  @Test
  void refusesTensorsThatWouldBeIgnored() throws Exception {
    // The ramps might not fit either.
    Files.delete(folder.resolve("ramps.json"));
    int last = spec.layers() - 1;
    editConfig("num_hidden_layers", Integer.toString(last));

    assertThatThrownBy(() -> ModelLoader.load(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(" has 9 errors:")
        .hasMessageContaining(
            "weights: model.layers.%d.mlp.up_proj.weight: a llama model has no such tensor"
                .formatted(last));
  }

  @Test
  void withoutARampFileThereAreNoRamps() throws Exception {
    Files.delete(folder.resolve("ramps.json"));

    assertThat(ModelLoader.load(folder).spec().ramps()).isEmpty();
  }

  @Test
  void theHashChangesWithEveryFileThatChangesResults() throws Exception {
    String before = ModelLoader.load(folder).contentHash();
    assertThat(ModelLoader.load(folder).contentHash()).isEqualTo(before);

    Files.writeString(folder.resolve("MODEL_CARD.md"), "other");
    assertThat(ModelLoader.load(folder).contentHash()).isEqualTo(before);
    for (String file : List.of("config.json", "generation_config.json", "ramps.json")) {
      Files.writeString(folder.resolve(file), Files.readString(folder.resolve(file)) + " ");
      String after = ModelLoader.load(folder).contentHash();
      assertThat(after).as(file).isNotEqualTo(before);
      before = after;
    }
  }

  @Test
  void theHashWithoutRampsStandsWhateverTheThresholdsAre() throws Exception {
    String before = ModelLoader.hashWithoutRamps(folder, List.of());
    assertThat(before).hasSize(64).isNotEqualTo(ModelLoader.load(folder).contentHash());

    Files.writeString(folder.resolve("ramps.json"), "{\"ramps\": []}");
    assertThat(ModelLoader.hashWithoutRamps(folder, List.of())).isEqualTo(before);
    Files.delete(folder.resolve("ramps.json"));
    assertThat(ModelLoader.hashWithoutRamps(folder, List.of()))
        .isEqualTo(before)
        .isEqualTo(ModelLoader.load(folder).contentHash());
    Path config = folder.resolve("config.json");
    Files.writeString(config, Files.readString(config) + " ");
    assertThat(ModelLoader.hashWithoutRamps(folder, List.of())).isNotEqualTo(before);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> ModelLoader.load(folder))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(message);
  }

  private void editConfig(String key, String value) throws IOException {
    Path file = folder.resolve("config.json");
    ObjectNode config = (ObjectNode) Json.MAPPER.readTree(file.toFile());
    JsonNode node = Json.MAPPER.readTree(value);
    Files.writeString(file, config.set(key, node).toString());
  }

  private void writeIndex(String shard, String... extraTensors) throws IOException {
    ObjectNode index = Json.MAPPER.createObjectNode();
    ObjectNode map = index.putObject("weight_map");
    WeightShapes.of(new ModelConfig(config(), new Problems()).spec())
        .keySet()
        .forEach(tensor -> map.put(tensor, shard));
    for (String tensor : extraTensors) {
      map.put(tensor, shard);
    }
    Files.writeString(folder.resolve(INDEX), index.toString());
  }

  private ObjectNode config() throws IOException {
    return (ObjectNode) Json.MAPPER.readTree(folder.resolve("config.json").toFile());
  }
}
