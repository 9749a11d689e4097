package io.drex.device.cpu.onednn;

import io.drex.device.DeviceException;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.LongPointer;

/**
 * Where oneDNN puts a slice's weights, which it packs in blocks within blocks: the place of input k
 * for output n is {@code input[k] + output[n]}, in values.
 */
record WeightLayout(int[] input, int[] output) {
  private static final int INPUTS = 0;
  private static final int OUTPUTS = 1;

  /**
   * @throws DeviceException if oneDNN does not tell
   */
  static WeightLayout of(memory.desc layout) {
    if (layout.get_format_kind().value != memory.format_kind.blocked.value) {
      throw new DeviceException(
          "oneDNN packs weights in a layout that it keeps to itself; run with --device cpu:vector");
    }
    long[] sizes = read(layout.get_dims(), 2);
    long[] strides = read(layout.get_strides(), 2);
    int blocks = layout.get_inner_nblks();
    long[] blockSizes = blocks == 0 ? new long[0] : read(layout.get_inner_blks(), blocks);
    long[] blockOf = blocks == 0 ? new long[0] : read(layout.get_inner_idxs(), blocks);
    return new WeightLayout(
        places(INPUTS, sizes, strides, blockSizes, blockOf),
        places(OUTPUTS, sizes, strides, blockSizes, blockOf));
  }

  /** The innermost block is the last. */
  private static int[] places(
      int dimension, long[] sizes, long[] strides, long[] blockSizes, long[] blockOf) {
    int[] places = new int[Math.toIntExact(sizes[dimension])];
    for (int i = 0; i < places.length; i++) {
      long rest = i;
      long place = 0;
      long within = 1;
      for (int block = blockSizes.length - 1; block >= 0; block--) {
        if (blockOf[block] == dimension) {
          place += rest % blockSizes[block] * within;
          rest /= blockSizes[block];
        }
        within *= blockSizes[block];
      }
      places[i] = Math.toIntExact(place + rest * strides[dimension]);
    }
    return places;
  }

  /** Puts an output's weights, by input, where they belong in a slice. */
  void place(short[] weights, int ofOutput, short[] slice) {
    int[] places = input;
    int at = output[ofOutput];
    for (int k = 0; k < weights.length; k++) {
      slice[places[k] + at] = weights[k];
    }
  }

  private static long[] read(LongPointer pointer, int count) {
    long[] values = new long[count];
    pointer.get(values, 0, count);
    pointer.close();
    return values;
  }
}
