package io.drex.device.cpu;

import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.TensorReader;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;

/** A model's weights, packed for the kernels; a tied head is the embedding itself. */
final class ModelWeights {
  /** An output of this matrix is a token's embedding. */
  final PackedMatrix embedding;

  final LayerWeights[] layers;
  final float[] finalNorm;
  final PackedMatrix head;

  private ModelWeights(
      PackedMatrix embedding, LayerWeights[] layers, float[] finalNorm, PackedMatrix head) {
    this.embedding = embedding;
    this.layers = layers;
    this.finalNorm = finalNorm;
    this.head = head;
  }

  /**
   * @throws IllegalArgumentException if a matrix does not fit in one array
   */
  static ModelWeights pack(LoadedModel model) {
    ModelFamily family = model.spec().family();
    PackedMatrix embedding = PackedMatrix.pack(model.tensor(family.embedding()));
    LayerWeights[] layers = new LayerWeights[model.spec().layers()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = LayerWeights.pack(model, i);
    }
    float[] finalNorm = TensorReader.readVector(model.tensor(family.finalNorm()));
    PackedMatrix head =
        model.spec().tiedHead() ? embedding : PackedMatrix.pack(model.tensor(family.lmHead()));
    return new ModelWeights(embedding, layers, finalNorm, head);
  }

  long bytes() {
    long bytes = embedding.bytes() + (long) finalNorm.length * Float.BYTES;
    for (LayerWeights layer : layers) {
      bytes += layer.bytes();
    }
    return head == embedding ? bytes : bytes + head.bytes();
  }
}
