package io.drex.device.cpu;

import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.RampHead;
import io.drex.model.RampSpec;
import io.drex.model.Tensor;
import io.drex.model.TensorReader;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model's weights, packed for the kernels; a tied LM head is the embedding itself. */
final class ModelWeights {
  /** An output of this matrix is a token's embedding. */
  final PackedMatrix embedding;

  /** Layers of the same tensors share theirs. [layer] */
  final LayerWeights[] layers;

  /** The head after each segment; ramps may share one. [segment] */
  final HeadWeights[] heads;

  private ModelWeights(PackedMatrix embedding, LayerWeights[] layers, HeadWeights[] heads) {
    this.embedding = embedding;
    this.layers = layers;
    this.heads = heads;
  }

  /**
   * @throws IllegalArgumentException if a matrix is too large for the kernel
   */
  static ModelWeights pack(LoadedModel model, LinearKernel kernel) {
    ModelFamily family = model.spec().family();
    boolean tied = model.spec().tiedHead();
    Tensor embeddings = model.tensor(family.embedding());
    // Nothing is multiplied with an embedding that is not the head, too.
    PackedMatrix embedding = tied ? kernel.pack(embeddings) : PackedMatrix.pack(embeddings);
    LayerWeights[] layers = new LayerWeights[model.spec().layers()];
    for (int i = 0; i < layers.length; i++) {
      int first = model.firstLike(i);
      layers[i] = first < i ? layers[first] : LayerWeights.pack(model, i, kernel);
    }
    float[] finalNorm = TensorReader.readVector(model.tensor(family.finalNorm()));
    PackedMatrix lmHead = tied ? embedding : kernel.pack(model.tensor(family.lmHead()));
    HeadWeights shared = new HeadWeights(null, finalNorm, lmHead);
    return new ModelWeights(embedding, layers, heads(model, shared, kernel));
  }

  private static HeadWeights[] heads(LoadedModel model, HeadWeights shared, LinearKernel kernel) {
    List<RampSpec> ramps = model.spec().ramps();
    Map<RampHead, HeadWeights> packed = new HashMap<>(Map.of(RampHead.SHARED, shared));
    HeadWeights[] heads = new HeadWeights[ramps.size() + 1];
    for (int i = 0; i < ramps.size(); i++) {
      RampHead head = ramps.get(i).head();
      if (head instanceof RampHead.Own own && !packed.containsKey(own)) {
        packed.put(own, HeadWeights.pack(model, own, kernel));
      }
      heads[i] = packed.getOrDefault(head, shared);
    }
    heads[ramps.size()] = shared;
    return heads;
  }

  long bytes() {
    long bytes = embedding.bytes();
    for (LayerWeights layer : new LinkedHashSet<>(List.of(layers))) {
      bytes += layer.bytes();
    }
    Set<HeadWeights> distinct = new LinkedHashSet<>(List.of(heads));
    for (HeadWeights head : distinct) {
      bytes += head.linear == embedding ? head.bytes() - embedding.bytes() : head.bytes();
    }
    return bytes;
  }
}
