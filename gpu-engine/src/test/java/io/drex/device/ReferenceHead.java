package io.drex.device;

import io.drex.model.HeadTensor;
import io.drex.model.LoadedModel;
import io.drex.model.RampHead;

/** Heads that ramps have to themselves, in double precision, written as plainly as the formulas. */
final class ReferenceHead {
  private ReferenceHead() {}

  /** What a head says of a hidden state. */
  static double[] logits(
      LoadedModel model, RampHead.Own head, double[] hidden, ReferenceDecoder.Rounding rounding) {
    double eps = model.spec().rmsNormEps();
    double[] x = hidden.clone();
    if (model.tensors().containsKey(head.tensor(HeadTensor.GATE))) {
      double[] normed = ReferenceDecoder.norm(x, weight(model, head, HeadTensor.MLP_NORM), eps);
      double[] gate = linear(model, head, HeadTensor.GATE, normed, rounding);
      double[] up = linear(model, head, HeadTensor.UP, normed, rounding);
      for (int i = 0; i < gate.length; i++) {
        gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
      }
      double[] down = linear(model, head, HeadTensor.DOWN, gate, rounding);
      for (int i = 0; i < x.length; i++) {
        x[i] += down[i];
      }
    }
    if (model.tensors().containsKey(head.tensor(HeadTensor.NORM))) {
      x = ReferenceDecoder.norm(x, weight(model, head, HeadTensor.NORM), eps);
    }
    return linear(model, head, HeadTensor.LINEAR, x, rounding);
  }

  private static double[] linear(
      LoadedModel model,
      RampHead.Own head,
      HeadTensor tensor,
      double[] x,
      ReferenceDecoder.Rounding rounding) {
    return ReferenceDecoder.multiply(
        ReferenceDecoder.input(weight(model, head, tensor), rounding),
        ReferenceDecoder.input(x, rounding));
  }

  private static double[] weight(LoadedModel model, RampHead.Own head, HeadTensor tensor) {
    return ReferenceDecoder.read(model.tensor(head.tensor(tensor)));
  }
}
