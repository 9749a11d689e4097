package io.drex.device.cpu.onednn;

import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.model.Tensor;
import java.nio.ShortBuffer;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;

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
    arena = NativeMemory.allocate((count - 1) * fullBytes + lastBytes);
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
  static OneDnnMatrix pack(
      engine cpu, Worker worker, SliceProducts full, SliceProducts last, Tensor... tensors) {
    int inputs = full.shape().inputs();
    OneDnnMatrix matrix = new OneDnnMatrix(cpu, inputs, outputs(tensors), full, last);
    try (NativeMemory plain = NativeMemory.allocate((long) SLICE * inputs * Short.BYTES)) {
      ShortBuffer rows = plain.shorts(0, (long) SLICE * inputs);
      int output = 0;
      for (Tensor tensor : tensors) {
        ShortBuffer data = tensor.data().asShortBuffer();
        int count = Math.toIntExact(tensor.shape().get(0));
        for (int i = 0; i < count; i++) {
          rows.put(output % SLICE * inputs, data, i * inputs, inputs);
          output++;
          if (output % SLICE == 0 || output == matrix.outputs()) {
            matrix.fill((output - 1) / SLICE, cpu, worker, plain);
          }
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

  private void fill(int slice, engine cpu, Worker worker, NativeMemory plain) {
    SliceShape shape = productsOf(slice).shape();
    try (memory.desc layout =
            new memory.desc(
                new long[] {shape.inputs(), shape.outputs()},
                memory.data_type.bf16,
                memory.format_tag.ba);
        memory from = new memory(layout, cpu, plain.at(0));
        reorder packing = new reorder(from, slices[slice])) {
      worker.reorder(packing, from, slices[slice]);
    }
  }

  private SliceProducts productsOf(int slice) {
    return slice == slices() - 1 ? last : full;
  }

  /** What multiplies a slice where rows of activations are as long as the inputs. */
  SliceProducts products(int slice) {
    return productsOf(slice);
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
    WeightLayout layout = slice == slices() - 1 ? lastLayout : fullLayout;
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
