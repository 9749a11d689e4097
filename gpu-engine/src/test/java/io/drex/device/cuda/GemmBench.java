package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;
import java.util.ArrayList;
import java.util.List;

/** The product's own linear layers, alone. */
public final class GemmBench {
  private static final int THREADS = 256;

  private final BenchGpu gpu;

  public GemmBench(BenchGpu gpu) {
    this.gpu = gpu;
  }

  /** Bytes that a layer over so many rows must move: bf16 weights and inputs, outputs as floats. */
  public static double bytes(int outputs, int inputs, int rows) {
    return 2.0 * outputs * inputs + 2.0 * rows * inputs + 4.0 * rows * outputs;
  }

  /** Operations of a layer over so many rows: two per multiply-add. */
  public static double flops(int outputs, int inputs, int rows) {
    return 2.0 * rows * outputs * inputs;
  }

  /** Which block the product takes for it. */
  public String block(int outputs, int rows) {
    return block(outputs, rows, gpu).suffix();
  }

  private static GemmBlock block(int outputs, int rows, BenchGpu gpu) {
    int tiles = Matrix.padded(outputs) / Matrix.TILE;
    return GemmBlock.of(rows, tiles, gpu.driver().multiprocessors());
  }

  /** Microseconds of a layer, of each repeat; it reads one of several weights each time. */
  public double[] micros(int outputs, int inputs, int rows) {
    GemmBlock block = block(outputs, rows, gpu);
    try (DeviceMemory memory = gpu.memory()) {
      StepArgs step = gpu.step(memory, BenchGpu.batch(rows));
      long x = memory.allocate("inputs", 2L * rows * Matrix.padded(inputs));
      long y = memory.allocate("outputs", 4L * rows * outputs);
      List<Runnable> turns = new ArrayList<>();
      for (int i = 0; i < gpu.rotated(Matrix.bytes(outputs, inputs)); i++) {
        long tiles = memory.allocate("weights", Matrix.bytes(outputs, inputs));
        Matrix weights = new Matrix(tiles, outputs, inputs);
        turns.add(turn(step, block, weights, x, y, rows));
      }
      return gpu.micros(turns);
    }
  }

  private Runnable turn(StepArgs step, GemmBlock block, Matrix weights, long x, long y, int rows) {
    Arguments.List list =
        step.arguments()
            .add(Rows.ALL.ordinal())
            .add(weights.tiles())
            .add(x)
            .add(weights.inputTiles())
            .add(0)
            .add(weights.outputs())
            .add(0L)
            .add(0L)
            .add(y)
            .add(weights.outputs());
    CudaDriver.Launch launch = gpu.kernels().prepare("gemm_store_" + block.suffix(), THREADS, list);
    int alongRows = block.alongRows(rows);
    int alongOutputs = block.alongOutputs(weights.outputTiles());
    return () -> gpu.driver().launch(launch, alongRows, alongOutputs);
  }
}
