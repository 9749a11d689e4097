package io.drex.device;

import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Models whose layer k has the weights of layer k mod n. */
final class RepeatedLayers {
  private RepeatedLayers() {}

  /** With the very tensors of the first n layers. */
  static LoadedModel shared(LoadedModel model, int n) {
    return repeat(model, n, UnaryOperator.identity());
  }

  /** With equal tensors of each layer's own. */
  static LoadedModel copied(LoadedModel model, int n) {
    return repeat(
        model,
        n,
        tensor -> new Tensor(tensor.name(), tensor.dtype(), tensor.shape(), tensor.data()));
  }

  private static LoadedModel repeat(LoadedModel model, int n, UnaryOperator<Tensor> how) {
    Map<String, Tensor> tensors = new HashMap<>(model.tensors());
    for (int layer = n; layer < model.spec().layers(); layer++) {
      for (LayerTensor name : LayerTensor.values()) {
        if (model.spec().family().has(name)) {
          Tensor own = tensors.get(model.spec().family().layer(layer % n, name));
          Tensor repeated = how.apply(Objects.requireNonNull(own));
          tensors.put(model.spec().family().layer(layer, name), repeated);
        }
      }
    }
    return new LoadedModel(model.spec(), model.stopTokens(), model.contentHash(), tensors);
  }
}
