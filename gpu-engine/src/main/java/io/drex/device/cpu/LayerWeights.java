package io.drex.device.cpu;

import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.Tensor;
import io.drex.model.TensorReader;
import java.util.Arrays;

/** One decoder layer's weights, packed for the kernels. */
final class LayerWeights {
  final float[] inputNorm;

  /** Outputs: all queries, all keys, all values. */
  final PackedMatrix qkv;

  /** Added to the outputs of {@link #qkv}; empty if the family has no such biases. */
  final float[] qkvBias;

  /** Norm of each query head; empty if the family has none. */
  final float[] queryNorm;

  /** Norm of each key head; empty if the family has none. */
  final float[] keyNorm;

  final PackedMatrix attentionOut;
  final float[] postNorm;
  final PackedMatrix gate;
  final PackedMatrix up;
  final PackedMatrix down;

  private LayerWeights(Source source) {
    inputNorm = source.vector(LayerTensor.INPUT_NORM);
    qkv = source.pack(LayerTensor.Q, LayerTensor.K, LayerTensor.V);
    qkvBias = source.vector(LayerTensor.Q_BIAS, LayerTensor.K_BIAS, LayerTensor.V_BIAS);
    queryNorm = source.vector(LayerTensor.Q_NORM);
    keyNorm = source.vector(LayerTensor.K_NORM);
    attentionOut = source.pack(LayerTensor.O);
    postNorm = source.vector(LayerTensor.POST_NORM);
    gate = source.pack(LayerTensor.GATE);
    up = source.pack(LayerTensor.UP);
    gate.requireSlicedLike(up, "gate and up projection of layer " + source.layer);
    down = source.pack(LayerTensor.DOWN);
  }

  static LayerWeights pack(LoadedModel model, int layer, LinearKernel kernel) {
    return new LayerWeights(new Source(model, layer, kernel));
  }

  long bytes() {
    long vectors =
        (long) inputNorm.length
            + postNorm.length
            + qkvBias.length
            + queryNorm.length
            + keyNorm.length;
    return vectors * Float.BYTES
        + qkv.bytes()
        + attentionOut.bytes()
        + gate.bytes()
        + up.bytes()
        + down.bytes();
  }

  /** The tensors of one layer. */
  private record Source(LoadedModel model, int layer, LinearKernel kernel) {
    Tensor tensor(LayerTensor name) {
      return model.tensor(model.spec().family().layer(layer, name));
    }

    /** Vectors one after the other; nothing if the family has no such tensors. */
    float[] vector(LayerTensor... names) {
      float[] all = new float[0];
      for (LayerTensor name : names) {
        if (model.spec().family().has(name)) {
          float[] next = TensorReader.readVector(tensor(name));
          all = Arrays.copyOf(all, all.length + next.length);
          System.arraycopy(next, 0, all, all.length - next.length, next.length);
        }
      }
      return all;
    }

    PackedMatrix pack(LayerTensor... names) {
      Tensor[] tensors = new Tensor[names.length];
      for (int i = 0; i < names.length; i++) {
        tensors[i] = tensor(names[i]);
      }
      return kernel.packLayer(tensors);
    }
  }
}
