package io.drex.device.cpu;

import io.drex.device.HeldWeights;
import io.drex.device.HeldWeights.Held;
import io.drex.device.HeldWeights.Place;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.Tensor;
import java.util.HashSet;
import java.util.Set;

/** What is held of a model whose decoder layers' matrices are rounded to 8 bits. */
final class RoundedWeights {
  private static final String INT8 = "int8";

  private RoundedWeights() {}

  static HeldWeights of(LoadedModel model) {
    Set<String> rounded = matrices(model);
    return HeldWeights.of(
        model,
        tensor ->
            rounded.contains(tensor.name())
                ? new Held(INT8, Place.HEAP, tensor.elements() + scales(tensor))
                : Held.asStored(tensor));
  }

  private static long scales(Tensor matrix) {
    return matrix.shape().get(0) * Float.BYTES;
  }

  /** Names of the decoder layers' matrices. */
  private static Set<String> matrices(LoadedModel model) {
    ModelFamily family = model.spec().family();
    Set<String> names = new HashSet<>();
    for (int layer = 0; layer < model.spec().layers(); layer++) {
      for (LayerTensor tensor : LayerTensor.values()) {
        if (tensor.isMatrix()) {
          names.add(family.layer(layer, tensor));
        }
      }
    }
    return names;
  }
}
