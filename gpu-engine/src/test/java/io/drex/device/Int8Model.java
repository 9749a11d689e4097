package io.drex.device;

import io.drex.model.DType;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * A model whose decoder layers' matrices are floats that 8 bits and a scale per output can tell:
 * what a device that rounds weights computes with. Written apart from the code under test.
 */
public final class Int8Model {
  private Int8Model() {}

  public static LoadedModel of(LoadedModel model) {
    LoadedModel floats = FloatModel.of(model);
    Map<String, Tensor> tensors = new HashMap<>(floats.tensors());
    for (int layer = 0; layer < model.spec().layers(); layer++) {
      for (LayerTensor name : LayerTensor.values()) {
        if (name.isMatrix()) {
          String tensor = model.spec().family().layer(layer, name);
          tensors.compute(tensor, (any, weights) -> round(floats.tensor(tensor)));
        }
      }
    }
    return new LoadedModel(model.spec(), model.stopTokens(), model.contentHash(), tensors);
  }

  private static Tensor round(Tensor tensor) {
    int outputs = Math.toIntExact(tensor.shape().get(0));
    int inputs = Math.toIntExact(tensor.shape().get(1));
    ByteBuffer data =
        ByteBuffer.allocate(outputs * inputs * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int n = 0; n < outputs; n++) {
      float largest = 0;
      for (int k = 0; k < inputs; k++) {
        largest = Math.max(largest, Math.abs(tensor.data().getFloat((n * inputs + k) * 4)));
      }
      float scale = largest / 127;
      for (int k = 0; k < inputs; k++) {
        double steps = (double) tensor.data().getFloat((n * inputs + k) * 4) / scale;
        data.putFloat((float) Math.rint(steps) * scale);
      }
    }
    return new Tensor(tensor.name(), DType.F32, tensor.shape(), data.flip());
  }
}
