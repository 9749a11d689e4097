package io.drex.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Families of models: what their {@code config.json} says, and the names of their tensors. All are
 * Llama's decoder; a family differs by the tensors it adds to a layer and by how its configuration
 * is read.
 *
 * <p>Source: the families' configuration and model classes in the Transformers library.
 */
public enum ModelFamily {
  LLAMA("llama", "LlamaForCausalLM", WindowRule.SET_BY_NUMBER, Set.of()),
  MISTRAL(
      "mistral", "MistralForCausalLM", WindowRule.SET_UNLESS_NULL, Set.of(ModelConfig.KV_HEADS)),
  QWEN2(
      "qwen2",
      "Qwen2ForCausalLM",
      WindowRule.SWITCHED,
      Set.of(ModelConfig.KV_HEADS),
      LayerTensor.Q_BIAS,
      LayerTensor.K_BIAS,
      LayerTensor.V_BIAS),
  QWEN3(
      "qwen3",
      "Qwen3ForCausalLM",
      WindowRule.SWITCHED,
      Set.of(ModelConfig.KV_HEADS, ModelConfig.HEAD_DIM),
      LayerTensor.Q_NORM,
      LayerTensor.K_NORM);

  /** Where a family's configuration says that attention sees only a window of positions. */
  enum WindowRule {
    /** {@code sliding_window}, where it is a number. */
    SET_BY_NUMBER,
    /** {@code sliding_window}; null is none, absent is {@link #DEFAULT_WINDOW}. */
    SET_UNLESS_NULL,
    /** As {@link #SET_UNLESS_NULL}, but only if {@code use_sliding_window} is true. */
    SWITCHED
  }

  /** The window of a configuration that has one and does not say which. */
  static final int DEFAULT_WINDOW = 4096;

  private final String modelType;
  private final String architecture;
  private final WindowRule windowRule;
  private final Set<String> required;
  private final Set<LayerTensor> extra;

  /**
   * @param required optional keys without which the family's model has some size of its own, not
   *     one that follows from the other keys; rather than guess it, we ask for the key
   * @param extra tensors of its layers that are not in every family
   */
  ModelFamily(
      String modelType,
      String architecture,
      WindowRule windowRule,
      Set<String> required,
      LayerTensor... extra) {
    this.modelType = modelType;
    this.architecture = architecture;
    this.windowRule = windowRule;
    this.required = required;
    this.extra = Set.of(extra);
  }

  /** The family of this {@code model_type}. */
  static Optional<ModelFamily> named(String modelType) {
    return Arrays.stream(values()).filter(f -> f.modelType.equals(modelType)).findFirst();
  }

  /** {@code model_type} in {@code config.json}. */
  public String modelType() {
    return modelType;
  }

  /** The only entry of {@code architectures} in {@code config.json}. */
  String architecture() {
    return architecture;
  }

  WindowRule windowRule() {
    return windowRule;
  }

  /** Whether {@code config.json} must have a key that is optional in other families. */
  boolean requires(String key) {
    return required.contains(key);
  }

  /** Whether the layers of this family have such a tensor. */
  public boolean has(LayerTensor tensor) {
    return tensor.isInEveryFamily() || extra.contains(tensor);
  }

  public String embedding() {
    return "model.embed_tokens.weight";
  }

  public String finalNorm() {
    return "model.norm.weight";
  }

  public String lmHead() {
    return "lm_head.weight";
  }

  public String layer(int layer, LayerTensor tensor) {
    return "model.layers." + layer + "." + tensor.suffix();
  }
}
