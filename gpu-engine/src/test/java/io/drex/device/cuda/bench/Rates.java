package io.drex.device.cuda.bench;

import io.drex.device.cuda.BenchGpu;
import io.drex.device.cuda.CopyBench;
import io.drex.device.cuda.CublasBench;
import io.drex.device.cuda.GemmBench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the GPU can do at best, as far as this run has measured it: the fastest product counts.
 *
 * @param copyBytes per second that a copy within the device reads and writes
 * @param matrixFlops per second of a large bf16 product
 * @param source which product that was
 */
record Rates(double copyBytes, double matrixFlops, String source) {
  /** The table that this run's torch writes. */
  static final String TORCH_TABLE = "torch";

  static final String TORCH_PRODUCT = "bf16 product";

  /** Measures both; torch's product was measured by an earlier stage, or was not. */
  static Rates measure(Bench bench) throws IOException {
    Sizes sizes = bench.sizes();
    double copy;
    double own;
    double cublas;
    try (BenchGpu gpu = BenchGpu.open(sizes.effort())) {
      copy = Figure.of("", new CopyBench(gpu).deviceToDevice(sizes.copyBytes())).median();
      own = ownProduct(gpu, sizes.square()).median() * 1e12;
      boolean hasCublas = CublasBench.missing().isEmpty();
      cublas = hasCublas ? cublasProduct(gpu, sizes.square()).median() * 1e12 : 0;
    }
    double torch = torchFlops(bench.folder());
    if (torch > Math.max(own, cublas)) {
      return new Rates(copy, torch, "torch's product");
    }
    return cublas > own
        ? new Rates(copy, cublas, "the product of cuBLAS")
        : new Rates(copy, own, "the product of own kernels");
  }

  /** TFLOP/s of a large square product by the kernels of this build. */
  static Figure ownProduct(BenchGpu gpu, int side) {
    double flops = GemmBench.flops(side, side, side);
    double[] micros = new GemmBench(gpu).micros(side, side, side);
    return Figure.of("us", micros).as("TFLOP/s", us -> flops / us / 1e6);
  }

  /** TFLOP/s of a large square product by cuBLAS, where it is. */
  static Figure cublasProduct(BenchGpu gpu, int side) {
    double flops = GemmBench.flops(side, side, side);
    double[] micros = new CublasBench(gpu).micros(side, side, side);
    return Figure.of("us", micros).as("TFLOP/s", us -> flops / us / 1e6);
  }

  private static double torchFlops(Path folder) throws IOException {
    Path file = folder.resolve(Stage.TORCH.text() + ".json");
    if (!Files.exists(file)) {
      return 0;
    }
    return new Report(List.of(Report.readPart(file)))
        .table(TORCH_TABLE).stream()
            .flatMap(table -> table.rows().stream())
            .filter(row -> TORCH_PRODUCT.equals(row.labels().get("what")))
            .flatMap(row -> row.figures().values().stream())
            .mapToDouble(figure -> figure.median() * 1e12)
            .findFirst()
            .orElse(0);
  }

  /** For the notes of a table. */
  String note() {
    return "Rates of this run: copy %.2f TB/s (read and written), %.0f TFLOP/s (%s)."
        .formatted(copyBytes / 1e12, matrixFlops / 1e12, source);
  }

  /** Least seconds for so many bytes and operations: the slower of both. */
  double leastSeconds(double bytes, double flops) {
    return Math.max(bytes / copyBytes, flops / matrixFlops);
  }
}
