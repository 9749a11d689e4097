package io.drex.device.cpu;

import io.drex.device.HeldWeights;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.Tensor;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What is held of a model whose decoder layers' matrices are rounded to 8 bits. */
final class RoundedWeights {
  private static final String INT8 = "int8";

  private RoundedWeights() {}

  static HeldWeights of(LoadedModel model) {
    Set<String> rounded = matrices(model);
    Set<String> types = new TreeSet<>();
    long bytes = 0;
    for (Tensor tensor : model.tensors().values()) {
      if (rounded.contains(tensor.name())) {
        types.add(INT8);
        bytes += tensor.elements() + tensor.shape().get(0) * Float.BYTES;
      } else {
        types.add(tensor.dtype().name().toLowerCase(Locale.ROOT));
        bytes += tensor.elements() * tensor.dtype().bytes();
      }
    }
    return new HeldWeights(String.join("+", types), bytes);
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
