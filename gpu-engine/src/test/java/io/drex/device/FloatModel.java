package io.drex.device;

import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * A model with the same weights as floats, and so with K and V that are not rounded: what exact
 * arithmetic can be compared with closely. Rounding is no part of that comparison, as a value that
 * lies near the middle between two of bf16 goes to either of them in exact and in float arithmetic.
 */
public final class FloatModel {
  private FloatModel() {}

  public static LoadedModel of(LoadedModel model) {
    Map<String, Tensor> tensors = new HashMap<>();
    model.tensors().forEach((name, tensor) -> tensors.put(name, widen(tensor)));
    return new LoadedModel(model.spec(), model.stopTokens(), model.contentHash(), tensors);
  }

  private static Tensor widen(Tensor tensor) {
    if (tensor.dtype() == DType.F32) {
      return tensor;
    }
    int elements = Math.toIntExact(tensor.elements());
    ByteBuffer data = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      data.putInt(i * Float.BYTES, tensor.data().getShort(i * Short.BYTES) << 16);
    }
    return new Tensor(tensor.name(), DType.F32, tensor.shape(), data);
  }
}
