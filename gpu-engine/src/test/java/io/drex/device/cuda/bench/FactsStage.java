package io.drex.device.cuda.bench;

import io.drex.device.Availability;
import io.drex.device.cuda.BenchGpu;
import io.drex.device.cuda.CopyBench;
import io.drex.device.cuda.CublasBench;
import io.drex.device.cuda.CudaBackend;
import io.drex.device.cuda.LaunchBench;
import io.drex.model.ModelSpec;
import io.drex.synthetic.SyntheticModel;

/** What the GPU is, and what it does at best. */
final class FactsStage {
  private static final int TIMES = 1000;

  private FactsStage() {}

  static void run(Bench bench) {
    machine(bench.out().table("machine", "Machine"));
    Sizes sizes = bench.sizes();
    try (BenchGpu gpu = BenchGpu.open(sizes.effort())) {
      rates(gpu, bench);
      ModelSpec small = SyntheticModel.load("synthetic:tiny").spec();
      int times = sizes.effort().leastLaunches() > 1 ? TIMES : 3;
      Output.Rows rows =
          bench
              .out()
              .table("latencies", "Latencies", "By the host's clock; the kernels have no rows.");
      new LaunchBench(gpu, small, times)
          .micros()
          .forEach((what, us) -> rows.add(Row.of("what", what).with("time", Figure.of("us", us))));
    }
  }

  private static void machine(Output.Rows rows) {
    CudaBackend backend = new CudaBackend();
    Availability.Available available = (Availability.Available) backend.probe();
    rows.add(Row.of("what", "GPU", "", available.description()));
    rows.add(Row.of("what", "implementation", "", backend.implementation()));
    backend.details().forEach(detail -> rows.add(fact(detail)));
    Runtime java = Runtime.getRuntime();
    String jvm = System.getProperty("java.vm.name") + " " + Runtime.version();
    rows.add(Row.of("what", "Java", "", jvm + ", " + java.availableProcessors() + " processors"));
    for (String device : Devices.BOTH) {
      String missing = Devices.missing(device);
      String text = missing.isEmpty() ? "available" : "not available: " + missing;
      rows.add(Row.of("what", "device " + device, "", text));
    }
  }

  private static Row fact(String detail) {
    int colon = detail.indexOf(": ");
    return Row.of("what", detail.substring(0, colon), "", detail.substring(colon + 2));
  }

  private static void rates(BenchGpu gpu, Bench bench) {
    Sizes sizes = bench.sizes();
    Output.Rows rows =
        bench
            .out()
            .table(
                "rates",
                "Rates",
                "Products and the copy within the device are of random data, pinned memory holds"
                    + " whatever it held; a copy within the device counts what is read and written.");
    CopyBench copies = new CopyBench(gpu);
    rows.add(copy("copy within the device", copies.deviceToDevice(sizes.copyBytes())));
    rows.add(copy("pinned memory to the device", copies.hostToDevice(sizes.pinnedBytes())));
    rows.add(copy("device to pinned memory", copies.deviceToHost(sizes.pinnedBytes())));
    int side = sizes.square();
    rows.add(
        Row.of("what", "bf16 product of own kernels, " + side + " × " + side + " × " + side)
            .with("matrix", Rates.ownProduct(gpu, side)));
    Row cublas = Row.of("what", "bf16 product of cuBLAS, " + side + " × " + side + " × " + side);
    String missing = CublasBench.missing();
    rows.add(
        missing.isEmpty()
            ? cublas.with("matrix", Rates.cublasProduct(gpu, side))
            : cublas.without(missing));
  }

  private static Row copy(String what, double[] bytesPerSecond) {
    Figure rate = Figure.of("B/s", bytesPerSecond).as("GB/s", bytes -> bytes / 1e9);
    return Row.of("what", what).with("copy", rate);
  }
}
