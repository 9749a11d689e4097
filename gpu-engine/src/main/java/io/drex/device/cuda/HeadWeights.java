package io.drex.device.cuda;

import io.drex.model.HeadTensor;
import io.drex.model.LoadedModel;
import io.drex.model.RampHead;
import org.jspecify.annotations.Nullable;

/**
 * An exit head's weights on the device.
 *
 * @param mlp before the norm, where there is one
 * @param norm before the linear layer, address of floats; 0 where there is none
 * @param linear hidden state to logits
 */
record HeadWeights(@Nullable Mlp mlp, long norm, Matrix linear) {

  /**
   * The second half of a decoder layer: norm, gated MLP, residual.
   *
   * @param width between its two layers
   */
  record Mlp(long norm, Matrix gateAndUp, Matrix down, int width) {}

  /** Brings a head that a ramp has to itself. */
  static HeadWeights upload(LoadedModel model, RampHead.Own head, WeightUpload upload) {
    Matrix linear = upload.matrix(model.tensor(head.tensor(HeadTensor.LINEAR)));
    return switch (model.spec().headShape(head).kind()) {
      case LINEAR -> new HeadWeights(null, 0, linear);
      case NORM_LINEAR ->
          new HeadWeights(null, vector(model, head, HeadTensor.NORM, upload), linear);
      case MLP ->
          new HeadWeights(
              mlp(model, head, upload), vector(model, head, HeadTensor.NORM, upload), linear);
    };
  }

  private static Mlp mlp(LoadedModel model, RampHead.Own head, WeightUpload upload) {
    return new Mlp(
        vector(model, head, HeadTensor.MLP_NORM, upload),
        upload.gateAndUp(
            model.tensor(head.tensor(HeadTensor.GATE)), model.tensor(head.tensor(HeadTensor.UP))),
        upload.matrix(model.tensor(head.tensor(HeadTensor.DOWN))),
        model.spec().headShape(head).mlpWidth());
  }

  private static long vector(
      LoadedModel model, RampHead.Own head, HeadTensor name, WeightUpload upload) {
    return upload.vectors(model.tensor(head.tensor(name)));
  }
}
