package io.drex.device;

import io.drex.model.LoadedModel;
import io.drex.model.Tensor;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a device keeps of a model's weights.
 *
 * @param types element types, for a run's fingerprint: {@code bf16}, {@code bf16+f32}
 * @param bytes about how much memory they take
 */
public record HeldWeights(String types, long bytes) {

  /** Weights as they lie in the model's files. */
  public static HeldWeights asStored(LoadedModel model) {
    Set<String> types = new TreeSet<>();
    for (Tensor tensor : model.tensors().values()) {
      types.add(tensor.dtype().name().toLowerCase(Locale.ROOT));
    }
    return new HeldWeights(String.join("+", types), model.weightBytes());
  }
}
