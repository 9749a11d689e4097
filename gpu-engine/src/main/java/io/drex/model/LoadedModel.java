package io.drex.model;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A validated model: its shape, stop tokens and weights. Tensors that the family names exist and
 * have the shapes that {@code spec} implies.
 *
 * @param spec shape and ramps
 * @param stopTokens ids that end a completion; may be empty
 * @param contentHash SHA-256 (hex) over the files that change results
 * @param tensors by name; layers may share theirs
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

  /** Every tensor once, whatever the number of its names. */
  public Collection<Tensor> distinctTensors() {
    Set<Tensor> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    distinct.addAll(tensors.values());
    return distinct;
  }

  /** The first layer that has the very tensors of this one: what holds its weights holds both. */
  public int firstLike(int layer) {
    int first = 0;
    while (first < layer && !haveSameTensors(first, layer)) {
      first++;
    }
    return first;
  }

  private boolean haveSameTensors(int one, int other) {
    for (LayerTensor name : LayerTensor.values()) {
      Tensor ofOne = tensors.get(spec.family().layer(one, name));
      if (ofOne != tensors.get(spec.family().layer(other, name))) {
        return false;
      }
    }
    return true;
  }

  /** Bytes of all weights, as they lie in the model's files. */
  public long weightBytes() {
    long bytes = 0;
    for (Tensor tensor : distinctTensors()) {
      bytes += tensor.bytes();
    }
    return bytes;
  }

  /**
   * Type that K and V are kept in: that of the weights they are projected with, so floats if any of
   * these are.
   */
  public DType kvType() {
    for (int layer = 0; layer < spec.layers(); layer++) {
      if (isF32(spec.family().layer(layer, LayerTensor.K))
          || isF32(spec.family().layer(layer, LayerTensor.V))) {
        return DType.F32;
      }
    }
    return DType.BF16;
  }

  private boolean isF32(String name) {
    Tensor tensor = tensors.get(name); // a model for simulated devices has none
    return tensor != null && tensor.dtype() == DType.F32;
  }

  /** The same weights with other ramps. */
  public LoadedModel withSpec(ModelSpec other) {
    return new LoadedModel(other, stopTokens, contentHash, tensors);
  }
}
