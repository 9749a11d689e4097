package io.drex.device.cpu.onednn;

import io.drex.device.cpu.kernel.AttentionShape;
import io.drex.device.cpu.kernel.Int8Linear;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.Kernels;
import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.Panel;
import io.drex.device.cpu.kernel.PortableLinear;
import io.drex.model.DType;
import io.drex.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Prints GFLOP/s of linear layers on one thread, and GB/s of weights that they read: by oneDNN and
 * the vector kernels with bf16 weights, and by the vector kernels with weights of 8 bits, in
 * interleaved rounds; activations are written before each call, as a decoder does. Not a test: run
 * it alone on a quiet machine. Arguments: outputs×inputs …
 */
public final class LinearBenchmark {
  private static final int ROUNDS = 7;
  private static final int WARM_UP = 2;
  private static final long NANOS = 100_000_000;
  private static final int[] ROWS = {1, 8, 32, 64, 256};

  /** Layers that take turns, as a model's do: those of a large one do not stay in caches. */
  private static final int COPIES = 24;

  private LinearBenchmark() {}

  public static void main(String[] args) {
    Kernels[] kernels = {KernelKind.VECTOR.create(new AttentionShape(1, 1, 2, 4))};
    Map<String, LinearKernel> providers = new LinkedHashMap<>();
    providers.put("oneDNN", OneDnnLinear.open(kernels));
    providers.put("vector", new PortableLinear(kernels));
    providers.put("vector int8", new Int8Linear(kernels));
    for (String shape : args) {
      int outputs = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
      int inputs = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
      Tensor weights = random(outputs, inputs);
      Map<String, Layer> layers = new LinkedHashMap<>();
      providers.forEach((name, kernel) -> layers.put(name, new Layer(kernel, weights)));
      for (int rows : ROWS) {
        for (int round = -WARM_UP; round < ROUNDS; round++) {
          for (Layer layer : layers.values()) {
            layer.measure(rows, round);
          }
        }
        System.out.printf("%s, %d rows:", shape, rows);
        layers.forEach((name, layer) -> System.out.print(" " + name + " " + layer.text(rows)));
        System.out.println();
      }
    }
  }

  private static Tensor random(int outputs, int inputs) {
    SplittableRandom random = new SplittableRandom(1);
    ByteBuffer data =
        ByteBuffer.allocateDirect(outputs * inputs * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      data.putShort((short) (Float.floatToRawIntBits((float) random.nextDouble() - .5f) >>> 16));
    }
    return new Tensor("w", DType.BF16, List.of((long) outputs, (long) inputs), data.flip());
  }

  private static final class Layer {
    private final LinearKernel kernel;
    private final PackedMatrix[] copies;
    private final PackedMatrix weights;
    private final Panel x;
    private final Panel y;
    private final double[] speeds = new double[ROUNDS];

    Layer(LinearKernel kernel, Tensor tensor) {
      this.kernel = kernel;
      copies = new PackedMatrix[COPIES];
      Arrays.setAll(copies, i -> kernel.packLayer(tensor));
      weights = copies[0];
      x = kernel.inputs(256, weights.inputs());
      y = Panel.allocate(256, weights.paddedOutputs());
      SplittableRandom random = new SplittableRandom(2);
      for (int i = 0; i < x.data().length; i++) {
        x.data()[i] = (float) random.nextDouble() - .5f;
      }
    }

    void measure(int rows, int round) {
      double speed = gigaflops(rows);
      if (round >= 0) {
        speeds[round] = speed;
      }
    }

    /** Median, least and largest. */
    String text(int rows) {
      Arrays.sort(speeds);
      double median = speeds[ROUNDS / 2];
      double bytesPerFlop = weights.bytes() / (2.0 * rows * weights.inputs() * weights.outputs());
      return String.format(
          "%.1f (%.1f to %.1f), %.1f GB/s;",
          median, speeds[0], speeds[ROUNDS - 1], median * bytesPerFlop);
    }

    private double gigaflops(int rows) {
      long start = System.nanoTime();
      long calls = 0;
      long nanos;
      do {
        for (int row = 0; row < rows; row++) {
          kernel.written(x, row, 0, weights.inputs(), 0);
        }
        PackedMatrix w = copies[(int) (calls++ % copies.length)];
        kernel.linear(w, x, y, rows, 0, w.slices(), 0);
        nanos = System.nanoTime() - start;
      } while (nanos < NANOS);
      return 2.0 * rows * weights.inputs() * weights.outputs() * calls / nanos;
    }
  }
}
