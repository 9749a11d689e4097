package io.drex.model;

/** Families of models: the Hugging Face {@code model_type} and the names of the tensors. */
public enum ModelFamily {
  LLAMA("llama");

  private final String modelType;

  ModelFamily(String modelType) {
    this.modelType = modelType;
  }

  /** {@code model_type} in {@code config.json}. */
  public String modelType() {
    return modelType;
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
