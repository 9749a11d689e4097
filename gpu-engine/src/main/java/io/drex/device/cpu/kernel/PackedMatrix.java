package io.drex.device.cpu.kernel;

import io.drex.model.DType;
import io.drex.model.Tensor;

/**
 * The weights of a linear layer, packed for sequential reading: [stream][input][output within the
 * stream]. Where weights are multiplied as they lie, the streams of a group are read side by side,
 * because memory serves several faster than one. The last group is padded with zeros. Immutable. A
 * {@link LinearKernel} with a layout of its own has its own subclass.
 */
public abstract class PackedMatrix {
  /** Outputs that lie side by side: a vector of the widest, or several. */
  static final int STREAM = Lanes.COUNT;

  /** Outputs that are computed together, those of three streams. */
  public static final int GROUP = 3 * STREAM;

  /**
   * Elements before the first group: with an array's header of 16 bytes they fill a cache line, so
   * that the vectors of a large array, which starts on one, do not straddle two.
   */
  static final int PAD = 12;

  /** Longest array that every JVM can allocate. */
  static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

  final int inputs;
  private final int outputs;

  protected PackedMatrix(int inputs, int outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /**
   * Packs matrices of equal width, one below the other. They stay in bf16 only if all of them are.
   *
   * @param tensors each [outputs][inputs]
   * @throws IllegalArgumentException if the packed matrix would not fit in one array
   */
  public static PackedMatrix pack(Tensor... tensors) {
    int inputs = Math.toIntExact(tensors[0].shape().get(1));
    boolean bf16 = true;
    for (Tensor tensor : tensors) {
      bf16 &= tensor.dtype() == DType.BF16;
    }
    int outputs = outputsThatFit(PAD, bf16 ? 2 : 1, tensors);
    return bf16
        ? Bf16Matrix.pack(inputs, outputs, tensors)
        : F32Matrix.pack(inputs, outputs, tensors);
  }

  /**
   * Outputs of all tensors together.
   *
   * @param perElement inputs in an element of the packed array
   * @throws IllegalArgumentException if the packed matrix would not fit in one array
   */
  static int outputsThatFit(int pad, int perElement, Tensor... tensors) {
    long inputs = tensors[0].shape().get(1);
    long outputs = 0;
    for (Tensor tensor : tensors) {
      outputs += tensor.shape().get(0);
    }
    long elements =
        (outputs + GROUP - 1) / GROUP * GROUP * ((inputs + perElement - 1) / perElement);
    if (pad + elements > MAX_ELEMENTS) {
      throw new IllegalArgumentException(
          "tensor "
              + tensors[0].name()
              + " has "
              + outputs
              + " × "
              + inputs
              + " weights, more than the CPU backend holds in one array");
    }
    return (int) outputs;
  }

  /**
   * Where an output's first element lies, counted from the first group; its others follow {@link
   * #STREAM} apart.
   *
   * @param elements that each output has
   */
  static int offset(int output, int elements) {
    return output / STREAM * (elements * STREAM) + output % STREAM;
  }

  /** Groups of {@link #GROUP} outputs that hold this many. */
  static int groupsFor(int outputs) {
    return (outputs + GROUP - 1) / GROUP;
  }

  public final int inputs() {
    return inputs;
  }

  public final int outputs() {
    return outputs;
  }

  public final int groups() {
    return groupsFor(outputs);
  }

  /** Outputs that are always computed together; workers take whole slices. */
  public int sliceOutputs() {
    return GROUP;
  }

  /**
   * Requires that a worker's share of slices is the same outputs in this and another matrix of as
   * many outputs.
   *
   * @param what the two are
   * @throws IllegalArgumentException if it is not
   */
  public final void requireSlicedLike(PackedMatrix other, String what) {
    if (sliceOutputs() != other.sliceOutputs()) {
      throw new IllegalArgumentException(
          what
              + " are of different types: one is kept in slices of "
              + sliceOutputs()
              + " outputs, the other of "
              + other.sliceOutputs()
              + "; store both in one type, or run with --device cpu:vector");
    }
  }

  /** Slices of {@link #sliceOutputs}, the last of which may be shorter. */
  public final int slices() {
    return (outputs + sliceOutputs() - 1) / sliceOutputs();
  }

  /** Columns that {@link Kernels#linear} writes. */
  public final int paddedOutputs() {
    return groups() * GROUP;
  }

  /** Copies one output's weights, as floats, to to[at, at + inputs): an embedding's row. */
  public abstract void copyOutput(int output, float[] to, int at);

  /** Bytes held. */
  public abstract long bytes();
}
