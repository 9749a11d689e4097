package io.drex.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads {@code config.json} and {@code generation_config.json}; what is not understood is refused.
 */
final class ModelConfig {
  static final String FILE = "config.json";
  static final String GENERATION_FILE = "generation_config.json";

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
    refuseOtherModels();
    refuseOtherArithmetic();
    int hidden = keys.integer("hidden_size", 1, MAX_WIDTH);
    int heads = keys.integer("num_attention_heads", 1, MAX_HEADS);
    int kvHeads = keys.integer("num_key_value_heads", 1, MAX_HEADS, heads);
    if (keys.sound("num_attention_heads", "num_key_value_heads") && heads % kvHeads != 0) {
      keys.wrong("num_key_value_heads", kvHeads + " does not divide the " + heads + " query heads");
    }
    return new ModelSpec(
        ModelFamily.LLAMA,
        keys.integer("num_hidden_layers", 1, MAX_LAYERS),
        hidden,
        keys.integer("intermediate_size", 1, MAX_WIDTH),
        heads,
        kvHeads,
        headDim(hidden, heads),
        keys.integer("vocab_size", 2, MAX_VOCAB),
        keys.integer("max_position_embeddings", 1, MAX_POSITIONS),
        (float) keys.positive("rms_norm_eps", 1e-6),
        ropeTheta(),
        keys.flag("tie_word_embeddings", false),
        List.of());
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

  private int headDim(int hidden, int heads) {
    boolean sound = keys.sound("hidden_size", "num_attention_heads");
    if (keys.value("head_dim") == null && sound && hidden % heads != 0) {
      keys.wrong(
          "num_attention_heads",
          heads + " does not divide hidden_size " + hidden + " and there is no head_dim");
      return 2;
    }
    int headDim = keys.integer("head_dim", 1, MAX_WIDTH, Math.max(1, hidden / heads));
    if (sound && keys.sound("head_dim") && headDim % 2 != 0) {
      keys.wrong("head_dim", headDim + " is odd; rotary embedding needs pairs");
    }
    return headDim;
  }

  private void refuseOtherModels() {
    if (keys.value("auto_map") != null) {
      keys.wrong(
          "auto_map", "the model brings its own code, which is never run; use a plain model");
    }
    JsonNode type = keys.value("model_type");
    if (type == null || !type.asText().equals(ModelFamily.LLAMA.modelType())) {
      keys.wrong("model_type", (type == null ? "missing" : type) + "; only \"llama\" is supported");
    }
    JsonNode architectures = keys.value("architectures");
    if (architectures != null && !architectures.toString().equals("[\"LlamaForCausalLM\"]")) {
      keys.wrong("architectures", architectures + "; only [\"LlamaForCausalLM\"] is supported");
    }
  }

  private void refuseOtherArithmetic() {
    refuseUnless("hidden_act", "\"silu\"");
    refuseUnless("attention_bias", "false");
    refuseUnless("mlp_bias", "false");
    if (keys.positive("partial_rotary_factor", 1) != 1) {
      keys.wrong("partial_rotary_factor", "not supported; only 1, the whole head");
    }
    for (String key : List.of("sliding_window", "quantization_config")) {
      if (keys.value(key) != null) {
        keys.wrong(key, "not supported; use a model without it");
      }
    }
    refuseScaledRope("rope_scaling");
    refuseScaledRope("rope_parameters");
  }

  private void refuseUnless(String key, String only) {
    JsonNode value = keys.value(key);
    if (value != null && !value.toString().equals(only)) {
      keys.wrong(key, value + " is not supported; only " + only);
    }
  }

  private void refuseScaledRope(String key) {
    JsonNode value = keys.value(key);
    if (value == null) {
      return;
    }
    JsonNode type = value.has("rope_type") ? value.get("rope_type") : value.get("type");
    boolean plain = value.isObject() && (type == null || type.asText().equals("default"));
    if (!plain || value.hasNonNull("factor") || value.hasNonNull("partial_rotary_factor")) {
      keys.wrong(key, value + " is not supported; only plain rotary embedding (\"default\")");
    }
  }

  // Newer files keep the base inside rope_parameters.
  private double ropeTheta() {
    double fallback = 10_000;
    JsonNode parameters = keys.value("rope_parameters");
    if (parameters == null || !parameters.has("rope_theta")) {
      return keys.positive("rope_theta", fallback);
    }
    JsonNode theta = parameters.get("rope_theta");
    if (!theta.isNumber() || !(theta.doubleValue() > 0)) {
      keys.wrong("rope_parameters", "rope_theta " + theta + " is not a number above 0");
      return fallback;
    }
    return theta.doubleValue();
  }
}
