package io.drex.device;

import io.drex.model.HeadTensor;
import io.drex.model.LoadedModel;
import io.drex.model.RampHead;

/** Heads that ramps have to themselves, in double precision, written as plainly as the formulas. */
final class ReferenceHead {
  private ReferenceHead() {}

  /** What a head says of a hidden state. */
  static double[] logits(LoadedModel model, RampHead.Own head, double[] hidden) {
    double eps = model.spec().rmsNormEps();
    double[] x = hidden.clone();
    if (model.tensors().containsKey(head.tensor(HeadTensor.GATE))) {
      double[] normed = ReferenceDecoder.norm(x, weight(model, head, HeadTensor.MLP_NORM), eps);
      double[] gate = ReferenceDecoder.multiply(weight(model, head, HeadTensor.GATE), normed);
      double[] up = ReferenceDecoder.multiply(weight(model, head, HeadTensor.UP), normed);
      for (int i = 0; i < gate.length; i++) {
        gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
      }
      double[] down = ReferenceDecoder.multiply(weight(model, head, HeadTensor.DOWN), gate);
      for (int i = 0; i < x.length; i++) {
        x[i] += down[i];
      }
    }
    if (model.tensors().containsKey(head.tensor(HeadTensor.NORM))) {
      x = ReferenceDecoder.norm(x, weight(model, head, HeadTensor.NORM), eps);
    }
    return ReferenceDecoder.multiply(weight(model, head, HeadTensor.LINEAR), x);
  }

  private static double[] weight(LoadedModel model, RampHead.Own head, HeadTensor tensor) {
    return ReferenceDecoder.read(model.tensor(head.tensor(tensor)));
  }
}
