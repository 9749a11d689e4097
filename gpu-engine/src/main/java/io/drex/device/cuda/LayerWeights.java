package io.drex.device.cuda;

import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One decoder layer's weights on the device; vectors are addresses of floats, 0 where the family
 * has none.
 *
 * @param qkv outputs: all queries, all keys, all values
 * @param qkvBias added to the outputs of {@code qkv}
 * @param queryNorm of each query head
 * @param keyNorm of each key head
 */
record LayerWeights(
    long inputNorm,
    Matrix qkv,
    long qkvBias,
    long queryNorm,
    long keyNorm,
    Matrix attentionOut,
    long postNorm,
    Matrix gateAndUp,
    Matrix down) {

  static LayerWeights upload(LoadedModel model, int layer, WeightUpload upload) {
    Source source = new Source(model, layer);
    return new LayerWeights(
        upload.vectors(source.vectors(LayerTensor.INPUT_NORM)),
        upload.matrix(
            source.tensor(LayerTensor.Q),
            source.tensor(LayerTensor.K),
            source.tensor(LayerTensor.V)),
        upload.vectors(source.vectors(LayerTensor.Q_BIAS, LayerTensor.K_BIAS, LayerTensor.V_BIAS)),
        upload.vectors(source.vectors(LayerTensor.Q_NORM)),
        upload.vectors(source.vectors(LayerTensor.K_NORM)),
        upload.matrix(source.tensor(LayerTensor.O)),
        upload.vectors(source.vectors(LayerTensor.POST_NORM)),
        upload.gateAndUp(source.tensor(LayerTensor.GATE), source.tensor(LayerTensor.UP)),
        upload.matrix(source.tensor(LayerTensor.DOWN)));
  }

  /** All matrices. */
  List<Matrix> matrices() {
    return List.of(qkv, attentionOut, gateAndUp, down);
  }

  /** The tensors of one layer. */
  private record Source(LoadedModel model, int layer) {
    Tensor tensor(LayerTensor name) {
      return model.tensor(model.spec().family().layer(layer, name));
    }

    /** Those that the family has. */
    Tensor[] vectors(LayerTensor... names) {
      List<Tensor> tensors = new ArrayList<>();
      for (LayerTensor name : names) {
        if (model.spec().family().has(name)) {
          tensors.add(tensor(name));
        }
      }
      return tensors.toArray(Tensor[]::new);
    }
  }
}
