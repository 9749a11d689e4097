package io.drex.model;

/**
 * The weights of an exit head that a ramp has to itself; shapes are [rows, columns] = [outputs,
 * inputs], or [elements]. Which of them a head has is its {@link HeadShape.Kind}.
 */
public enum HeadTensor {
  /** Before the MLP. */
  MLP_NORM(".mlp_norm.weight"),
  GATE(".mlp.gate_proj.weight"),
  UP(".mlp.up_proj.weight"),
  DOWN(".mlp.down_proj.weight"),
  /** Before the linear layer. */
  NORM(".norm.weight"),
  /** Hidden state to logits. */
  LINEAR(".head.weight");

  private final String suffix;

  HeadTensor(String suffix) {
    this.suffix = suffix;
  }

  /** The tensor's name after the head's. */
  public String suffix() {
    return suffix;
  }

  /** Whether a head of this kind has such a tensor. */
  boolean isIn(HeadShape.Kind kind) {
    return switch (kind) {
      case LINEAR -> this == LINEAR;
      case NORM_LINEAR -> this == NORM || this == LINEAR;
      case MLP -> true;
    };
  }
}
