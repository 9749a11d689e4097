package io.drex.device.cuda;

import java.util.Random;

/**
 * A weight matrix of a test, of values that bf16 has.
 *
 * @param weights [output][k]
 */
record WeightTiles(int outputs, int inputs, float[] weights) {
  private static final int TILE = 16;
  private static final int TILE_BYTES = 512;

  static WeightTiles random(Random random, int outputs, int inputs) {
    float[] weights = new float[outputs * inputs];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Bf16.rounded((float) random.nextGaussian());
    }
    return new WeightTiles(outputs, inputs, weights);
  }

  static int padded(int elements) {
    return (elements + TILE - 1) / TILE * TILE;
  }

  int kTiles() {
    return padded(inputs) / TILE;
  }

  /** As a matrix of these outputs alone. */
  DeviceArray upload(TestGpu gpu) {
    DeviceArray tiles = allocate(gpu, outputs);
    repack(gpu, tiles, 0, 0);
    return tiles;
  }

  /** As gates, with the ups of another matrix between them. */
  DeviceArray interleaved(TestGpu gpu, WeightTiles ups) {
    DeviceArray tiles = allocate(gpu, 2 * padded(outputs));
    repack(gpu, tiles, 0, 1);
    ups.repack(gpu, tiles, 0, 2);
    return tiles;
  }

  private DeviceArray allocate(TestGpu gpu, int tileOutputs) {
    long bytes = (long) padded(tileOutputs) / TILE * kTiles() * TILE_BYTES;
    DeviceArray tiles = gpu.allocate(bytes);
    gpu.call("cuMemsetD8_v2", tiles.address(), 0, bytes);
    return tiles;
  }

  private void repack(TestGpu gpu, DeviceArray tiles, int first, int interleaved) {
    gpu.launch(
        "drex_repack_tiles",
        (inputs + 255) / 256,
        outputs,
        1,
        256,
        tiles,
        gpu.bf16(weights),
        0,
        outputs,
        inputs,
        kTiles(),
        first,
        interleaved);
  }

  /** Rows of activations as kernels read them: padded with zeros. [row][padded k] */
  float[] randomInputs(Random random, int rows) {
    int width = padded(inputs);
    float[] x = new float[rows * width];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % width < inputs ? Bf16.rounded((float) random.nextGaussian()) : 0;
    }
    return x;
  }

  /** One output for one row of {@link #randomInputs}, in double precision. */
  double product(int output, float[] x, int row) {
    double sum = 0;
    for (int k = 0; k < inputs; k++) {
      sum += (double) weights[output * inputs + k] * x[row * padded(inputs) + k];
    }
    return sum;
  }
}
