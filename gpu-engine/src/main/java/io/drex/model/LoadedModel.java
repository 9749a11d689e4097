package io.drex.model;

import java.util.Map;
import java.util.Set;

/**
 * A validated model: its shape, stop tokens and weights. Tensors that the family names exist and
 * have the shapes that {@code spec} implies.
 *
 * @param spec shape and ramps
 * @param stopTokens ids that end a completion; may be empty
 * @param contentHash SHA-256 (hex) over the files that change results
 * @param tensors by name
 */
public record LoadedModel(
    ModelSpec spec, Set<Integer> stopTokens, String contentHash, Map<String, Tensor> tensors) {

  public LoadedModel {
    stopTokens = Set.copyOf(stopTokens);
    tensors = Map.copyOf(tensors);
  }

  /** The tensor of this name; its presence was checked when the model was loaded. */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelException("no tensor named " + name);
    }
    return tensor;
  }

  /** Bytes of all weights, as they lie in the model's files. */
  public long weightBytes() {
    long bytes = 0;
    for (Tensor tensor : tensors.values()) {
      bytes += tensor.data().limit();
    }
    return bytes;
  }

  /** The same weights with other ramps. */
  public LoadedModel withSpec(ModelSpec other) {
    return new LoadedModel(other, stopTokens, contentHash, tensors);
  }
}
