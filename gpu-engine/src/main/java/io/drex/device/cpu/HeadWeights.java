package io.drex.device.cpu;

import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.model.HeadTensor;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampHead;
import io.drex.model.TensorReader;
import org.jspecify.annotations.Nullable;

/** An exit head's weights, packed for the kernels. */
final class HeadWeights {
  /** The MLP before the norm, where there is one. */
  final @Nullable Mlp mlp;

  /** The norm before the linear layer; empty where there is none. */
  final float[] norm;

  /** Hidden state to logits. */
  final PackedMatrix linear;

  HeadWeights(@Nullable Mlp mlp, float[] norm, PackedMatrix linear) {
    this.mlp = mlp;
    this.norm = norm;
    this.linear = linear;
  }

  /** The second half of a decoder layer: norm, gated MLP, residual. */
  static final class Mlp {
    final float[] norm;
    final PackedMatrix gate;
    final PackedMatrix up;
    final PackedMatrix down;

    private Mlp(LoadedModel model, RampHead.Own head, LinearKernel kernel) {
      norm = TensorReader.readVector(model.tensor(head.tensor(HeadTensor.MLP_NORM)));
      gate = kernel.pack(model.tensor(head.tensor(HeadTensor.GATE)));
      up = kernel.pack(model.tensor(head.tensor(HeadTensor.UP)));
      gate.requireSlicedLike(up, "gate and up projection of " + head.tensor(HeadTensor.UP));
      down = kernel.pack(model.tensor(head.tensor(HeadTensor.DOWN)));
    }

    private long bytes() {
      return (long) norm.length * Float.BYTES + gate.bytes() + up.bytes() + down.bytes();
    }
  }

  /**
   * Packs a head that a ramp has to itself.
   *
   * @throws IllegalArgumentException if a matrix is too large for the kernel
   */
  static HeadWeights pack(LoadedModel model, RampHead.Own head, LinearKernel kernel) {
    ModelSpec spec = model.spec();
    PackedMatrix linear = kernel.pack(model.tensor(head.tensor(HeadTensor.LINEAR)));
    return switch (spec.headShape(head).kind()) {
      case LINEAR -> new HeadWeights(null, new float[0], linear);
      case NORM_LINEAR -> new HeadWeights(null, norm(model, head), linear);
      case MLP -> new HeadWeights(new Mlp(model, head, kernel), norm(model, head), linear);
    };
  }

  private static float[] norm(LoadedModel model, RampHead.Own head) {
    return TensorReader.readVector(model.tensor(head.tensor(HeadTensor.NORM)));
  }

  long bytes() {
    long mlpBytes = mlp == null ? 0 : mlp.bytes();
    return mlpBytes + (long) norm.length * Float.BYTES + linear.bytes();
  }
}
