package io.drex.device.cpu.onednn;

import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.model.Tensor;
import java.nio.ShortBuffer;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;

/**
 * Weights in bf16 outside the heap, in slices of {@link #SLICE} outputs, each in the layout that
 * oneDNN chose for it. They are held nowhere else.
 */
final class OneDnnMatrix extends PackedMatrix implements AutoCloseable {
  /**
   * Fixed, whatever the number of workers: oneDNN may round differently for another number of
   * outputs. A multiple of what it packs together.
   */
  static final int SLICE = 128;

  private final SliceProducts full;
  private final SliceProducts last;
  private final WeightLayout fullLayout;
  private final WeightLayout lastLayout;
  private final NativeMemory arena;
  private final memory[] slices; // [slice]
  private final dnnl_memory[] handles; // [slice]
  private final ShortBuffer[] values; // [slice]

  /**
   * @param full of all slices but the last
   * @param last of the last slice
   */
  private OneDnnMatrix(
      engine cpu, int inputs, int outputs, SliceProducts full, SliceProducts last) {
    super(inputs, outputs);
    this.full = full;
    this.last = last;
    fullLayout = WeightLayout.of(full.weights());
    lastLayout = WeightLayout.of(last.weights());
    int count = slices();
    long fullBytes = NativeMemory.inLines(full.weights().get_size());
    long lastBytes = last.weights().get_size();
    arena = NativeMemory.inHugePages((count - 1) * fullBytes + lastBytes);
    slices = new memory[count];
    handles = new dnnl_memory[count];
    values = new ShortBuffer[count];
    for (int i = 0; i < count; i++) {
      boolean isLast = i == count - 1;
      slices[i] = new memory((isLast ? last : full).weights(), cpu, arena.at(i * fullBytes));
      handles[i] = slices[i].get();
      values[i] = arena.shorts(i * fullBytes, (isLast ? lastBytes : fullBytes) / Short.BYTES);
    }
  }

  /**
   * Packs matrices of equal width, one below the other.
   *
   * @param tensors each bf16, [outputs][inputs]
   */
  static OneDnnMatrix pack(engine cpu, SliceProducts full, SliceProducts last, Tensor... tensors) {
    int inputs = full.shape().inputs();
    OneDnnMatrix matrix = new OneDnnMatrix(cpu, inputs, outputs(tensors), full, last);
    short[] weights = new short[inputs];
    short[] slice = new short[matrix.longestSlice()];
    int output = 0;
    for (Tensor tensor : tensors) {
      ShortBuffer data = tensor.data().asShortBuffer();
      int count = Math.toIntExact(tensor.shape().get(0));
      for (int i = 0; i < count; i++) {
        data.get(i * inputs, weights);
        matrix.layout(output / SLICE).place(weights, output % SLICE, slice);
        output++;
        if (output % SLICE == 0 || output == matrix.outputs()) {
          matrix.fill((output - 1) / SLICE, slice);
        }
      }
    }
    return matrix;
  }

  static int outputs(Tensor... tensors) {
    long outputs = 0;
    for (Tensor tensor : tensors) {
      outputs += tensor.shape().get(0);
    }
    return Math.toIntExact(outputs);
  }

  private int longestSlice() {
    int longest = 0;
    for (ShortBuffer slice : values) {
      longest = Math.max(longest, slice.capacity());
    }
    return longest;
  }

  /** Sets a slice, and clears what it was set from: weights that pad the next one are zeros. */
  private void fill(int slice, short[] from) {
    values[slice].put(0, from, 0, values[slice].capacity());
    Arrays.fill(from, (short) 0);
  }

  private WeightLayout layout(int slice) {
    return slice == slices() - 1 ? lastLayout : fullLayout;
  }

  /** What multiplies a slice. */
  SliceProducts products(int slice) {
    return slice == slices() - 1 ? last : full;
  }

  dnnl_memory slice(int slice) {
    return handles[slice];
  }

  @Override
  public int sliceOutputs() {
    return SLICE;
  }

  /** Reads them where they are packed, so that a tied embedding needs no second copy. */
  @Override
  public void copyOutput(int output, float[] to, int at) {
    int slice = output / SLICE;
    WeightLayout layout = layout(slice);
    ShortBuffer weights = values[slice];
    int place = layout.output()[output % SLICE];
    for (int k = 0; k < inputs(); k++) {
      to[at + k] = Float.intBitsToFloat(weights.get(layout.input()[k] + place) << 16);
    }
  }

  @Override
  public long bytes() {
    return arena.bytes();
  }

  @Override
  public void close() {
    for (memory slice : slices) {
      slice.close();
    }
    arena.close();
  }
}
