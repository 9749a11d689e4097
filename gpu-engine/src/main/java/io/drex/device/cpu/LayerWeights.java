package io.drex.device.cpu;

import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.TensorReader;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.Tensor;

/** One decoder layer's weights, packed for the kernels. */
final class LayerWeights {
  final float[] inputNorm;

  /** Outputs: all queries, all keys, all values. */
  final PackedMatrix qkv;

  final PackedMatrix attentionOut;
  final float[] postNorm;
  final PackedMatrix gate;
  final PackedMatrix up;
  final PackedMatrix down;

  private LayerWeights(Source source) {
    inputNorm = TensorReader.readVector(source.tensor(LayerTensor.INPUT_NORM));
    qkv = source.pack(LayerTensor.Q, LayerTensor.K, LayerTensor.V);
    attentionOut = source.pack(LayerTensor.O);
    postNorm = TensorReader.readVector(source.tensor(LayerTensor.POST_NORM));
    gate = source.pack(LayerTensor.GATE);
    up = source.pack(LayerTensor.UP);
    down = source.pack(LayerTensor.DOWN);
  }

  static LayerWeights pack(LoadedModel model, int layer) {
    return new LayerWeights(new Source(model, layer));
  }

  long bytes() {
    long norms = (long) (inputNorm.length + postNorm.length) * Float.BYTES;
    return norms + qkv.bytes() + attentionOut.bytes() + gate.bytes() + up.bytes() + down.bytes();
  }

  /** The tensors of one layer. */
  private record Source(LoadedModel model, int layer) {
    Tensor tensor(LayerTensor name) {
      return model.tensor(model.spec().family().layer(layer, name));
    }

    PackedMatrix pack(LayerTensor... names) {
      Tensor[] tensors = new Tensor[names.length];
      for (int i = 0; i < names.length; i++) {
        tensors[i] = tensor(names[i]);
      }
      return PackedMatrix.pack(tensors);
    }
  }
}
