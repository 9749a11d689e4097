package io.drex.model;

/**
 * The weights of one decoder layer; shapes are [rows, columns] = [outputs, inputs], or [elements].
 * Some are in those {@link ModelFamily}s only that list them.
 */
public enum LayerTensor {
  INPUT_NORM("input_layernorm.weight"),
  Q("self_attn.q_proj.weight"),
  K("self_attn.k_proj.weight"),
  V("self_attn.v_proj.weight"),
  /** Added to the queries before they are rotated. */
  Q_BIAS("self_attn.q_proj.bias", false),
  /** Added to the keys before they are rotated. */
  K_BIAS("self_attn.k_proj.bias", false),
  V_BIAS("self_attn.v_proj.bias", false),
  /** RMS norm over each query head by itself, before it is rotated. */
  Q_NORM("self_attn.q_norm.weight", false),
  /** RMS norm over each key head by itself, before it is rotated. */
  K_NORM("self_attn.k_norm.weight", false),
  O("self_attn.o_proj.weight"),
  POST_NORM("post_attention_layernorm.weight"),
  GATE("mlp.gate_proj.weight"),
  UP("mlp.up_proj.weight"),
  DOWN("mlp.down_proj.weight");

  private final String suffix;
  private final boolean inEveryFamily;

  LayerTensor(String suffix) {
    this(suffix, true);
  }

  LayerTensor(String suffix, boolean inEveryFamily) {
    this.suffix = suffix;
    this.inEveryFamily = inEveryFamily;
  }

  /** Whether it needs no mention in a family. */
  boolean isInEveryFamily() {
    return inEveryFamily;
  }

  /** Whether it is a linear layer's weights; all others are vectors. */
  public boolean isMatrix() {
    return switch (this) {
      case Q, K, V, O, GATE, UP, DOWN -> true;
      case INPUT_NORM, Q_BIAS, K_BIAS, V_BIAS, Q_NORM, K_NORM, POST_NORM -> false;
    };
  }

  /** The tensor's name after {@code model.layers.N.}. */
  public String suffix() {
    return suffix;
  }
}
