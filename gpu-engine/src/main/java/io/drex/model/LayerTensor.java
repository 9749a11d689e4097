package io.drex.model;

/** The weights of one decoder layer; shapes are [rows, columns] = [outputs, inputs]. */
public enum LayerTensor {
  INPUT_NORM("input_layernorm.weight"),
  Q("self_attn.q_proj.weight"),
  K("self_attn.k_proj.weight"),
  V("self_attn.v_proj.weight"),
  O("self_attn.o_proj.weight"),
  POST_NORM("post_attention_layernorm.weight"),
  GATE("mlp.gate_proj.weight"),
  UP("mlp.up_proj.weight"),
  DOWN("mlp.down_proj.weight");

  private final String suffix;

  LayerTensor(String suffix) {
    this.suffix = suffix;
  }

  /** The tensor's name after {@code model.layers.N.}. */
  public String suffix() {
    return suffix;
  }
}
