package io.drex.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads {@code config.json} and {@code generation_config.json}; what is not understood is refused.
 */
final class ModelConfig {
  static final String FILE = "config.json";
  static final String GENERATION_FILE = "generation_config.json";

  static final String KV_HEADS = "num_key_value_heads";
  static final String HEAD_DIM = "head_dim";

  private static final int MAX_LAYERS = 1024;
  private static final int MAX_WIDTH = 1 << 20;
  private static final int MAX_HEADS = 4096;
  private static final int MAX_VOCAB = 1 << 24;
  private static final int MAX_POSITIONS = 1 << 26;

  private final KeyReader keys;

  ModelConfig(ObjectNode config, Problems problems) {
    keys = new KeyReader(config, FILE, problems);
  }

  /** The shape, without ramps; meaningful only while nothing was noted in the problems. */
  ModelSpec spec() {
    ModelFamily family = family();
    refuseOtherArithmetic(family);
    int hidden = keys.integer("hidden_size", 1, MAX_WIDTH);
    int heads = keys.integer("num_attention_heads", 1, MAX_HEADS);
    int kvHeads = kvHeads(family, heads);
    int positions = keys.integer("max_position_embeddings", 1, MAX_POSITIONS);
    AttentionWindow.check(keys, family.windowRule(), positions);
    return new ModelSpec(
        family,
        keys.integer("num_hidden_layers", 1, MAX_LAYERS),
        hidden,
        keys.integer("intermediate_size", 1, MAX_WIDTH),
        heads,
        kvHeads,
        headDim(family, hidden, heads),
        keys.integer("vocab_size", 2, MAX_VOCAB),
        positions,
        (float) keys.positive("rms_norm_eps", 1e-6),
        new RopeReader(keys).read(),
        keys.flag("tie_word_embeddings", false),
        List.of(),
        Map.of());
  }

  /** Layers to check ramps against; unbounded where the file's own number is wrong. */
  int layersForRamps(ModelSpec spec) {
    return keys.sound("num_hidden_layers") ? spec.layers() : Integer.MAX_VALUE;
  }

  /** The ids of {@code eos_token_id}, a number or a list, of one of the two files. */
  static Set<Integer> stopTokens(ObjectNode config, String file, int vocab, Problems problems) {
    Set<Integer> stops = new TreeSet<>();
    JsonNode value = config.get("eos_token_id");
    if (value == null || value.isNull()) {
      return stops;
    }
    for (JsonNode id : value.isArray() ? value : List.of(value)) {
      if (id.isInt() && id.intValue() >= 0 && id.intValue() < vocab) {
        stops.add(id.intValue());
      } else {
        problems.add(file, "eos_token_id", id + " is not a token id in [0, " + vocab + ")");
      }
    }
    return stops;
  }

  /** Ids to check stop tokens against; unbounded where the file's own number is wrong. */
  int vocabForStops(ModelSpec spec) {
    return keys.sound("vocab_size") ? spec.vocabSize() : Integer.MAX_VALUE;
  }

  private int kvHeads(ModelFamily family, int heads) {
    int kvHeads =
        family.requires(KV_HEADS)
            ? keys.integer(KV_HEADS, 1, MAX_HEADS)
            : keys.integer(KV_HEADS, 1, MAX_HEADS, heads);
    if (keys.sound("num_attention_heads", KV_HEADS) && heads % kvHeads != 0) {
      keys.wrong(KV_HEADS, kvHeads + " does not divide the " + heads + " query heads");
    }
    return kvHeads;
  }

  private int headDim(ModelFamily family, int hidden, int heads) {
    boolean sound = keys.sound("hidden_size", "num_attention_heads");
    boolean required = family.requires(HEAD_DIM);
    if (!required && keys.value(HEAD_DIM) == null && sound && hidden % heads != 0) {
      keys.wrong(
          "num_attention_heads",
          heads + " does not divide hidden_size " + hidden + " and there is no head_dim");
      return 2;
    }
    int headDim =
        required
            ? keys.integer(HEAD_DIM, 1, MAX_WIDTH)
            : keys.integer(HEAD_DIM, 1, MAX_WIDTH, Math.max(1, hidden / heads));
    if (sound && keys.sound(HEAD_DIM) && headDim % 2 != 0) {
      keys.wrong(HEAD_DIM, headDim + " is odd; rotary embedding needs pairs");
    }
    return headDim;
  }

  private ModelFamily family() {
    if (keys.value("auto_map") != null) {
      keys.wrong(
          "auto_map", "the model brings its own code, which is never run; use a plain model");
    }
    JsonNode type = keys.value("model_type");
    Optional<ModelFamily> family =
        type == null ? Optional.empty() : ModelFamily.named(type.asText());
    if (family.isEmpty()) {
      String known =
          Arrays.stream(ModelFamily.values())
              .map(ModelFamily::modelType)
              .collect(Collectors.joining(", "));
      keys.wrong(
          "model_type", (type == null ? "missing" : type) + "; supported are only: " + known);
      return ModelFamily.LLAMA;
    }
    JsonNode architectures = keys.value("architectures");
    String only = "[\"" + family.get().architecture() + "\"]";
    if (architectures != null && !architectures.toString().equals(only)) {
      keys.wrong(
          "architectures",
          architectures + "; of model_type " + type + " only " + only + " is supported");
    }
    return family.get();
  }

  private void refuseOtherArithmetic(ModelFamily family) {
    refuseUnless("hidden_act", "\"silu\"");
    refuseUnless("attention_bias", family.has(LayerTensor.Q_BIAS) ? "true" : "false");
    refuseUnless("mlp_bias", "false");
    refuseUnless("use_mrope", "false");
    if (keys.positive("partial_rotary_factor", 1) != 1) {
      keys.wrong("partial_rotary_factor", "not supported; only 1, the whole head");
    }
    for (String key : List.of("quantization_config", "dual_chunk_attention_config")) {
      if (keys.value(key) != null) {
        keys.wrong(key, "not supported; use a model without it");
      }
    }
  }

  private void refuseUnless(String key, String only) {
    JsonNode value = keys.value(key);
    if (value != null && !value.toString().equals(only)) {
      keys.wrong(key, value + " is not supported; only " + only);
    }
  }
}
