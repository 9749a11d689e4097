package io.drex.device.cuda;

import io.drex.device.Availability;
import io.drex.device.cuda.cublas.Cublas;
import io.drex.device.cuda.cublas.CublasHandle;
import java.util.ArrayList;
import java.util.List;

/** cuBLAS's products, alone: what {@code cuda:fast} multiplies large prompt calls with. */
public final class CublasBench {
  private final BenchGpu gpu;

  public CublasBench(BenchGpu gpu) {
    this.gpu = gpu;
  }

  /** Why there is no cuBLAS; empty if there is. */
  public static String missing() {
    return Cublas.ofThisProcess().availability() instanceof Availability.Unavailable missing
        ? missing.reason()
        : "";
  }

  /** Microseconds of a product, of each repeat; it reads one of several weights each time. */
  public double[] micros(int outputs, int inputs, int rows) {
    try (DeviceMemory memory = gpu.memory();
        CublasHandle cublas = open(memory)) {
      int padded = Matrix.padded(inputs);
      long x = memory.allocate("inputs", 2L * rows * padded);
      long y = memory.allocate("outputs", 4L * rows * outputs);
      List<CublasHandle.Weights> turns = new ArrayList<>();
      for (int i = 0; i < gpu.rotated(2L * outputs * padded); i++) {
        long weights = memory.allocate("weights", 2L * outputs * padded);
        turns.add(new CublasHandle.Weights(weights, outputs, padded));
      }
      return gpu.directMicros(i -> multiply(cublas, turns.get(i % turns.size()), x, rows, y));
    }
  }

  private static void multiply(
      CublasHandle cublas, CublasHandle.Weights weights, long x, int rows, long y) {
    cublas.multiply(weights, x, rows, y, weights.outputs());
  }

  private CublasHandle open(DeviceMemory memory) {
    long workspace = memory.allocate("cuBLAS", CublasHandle.WORKSPACE_BYTES);
    return Cublas.ofThisProcess().open(gpu.driver(), workspace);
  }
}
