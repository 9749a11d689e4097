package io.drex.job.bench;

import io.drex.device.cpu.MachineLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** K1: what this machine can do at most. */
final class MachinePeaks {
  /** bf16 operations of the dot instruction in the time of one multiply-add of floats. */
  private static final int DOT_PER_MULTIPLY_ADD = 2;

  private static final List<Column> COLUMNS =
      List.of(
          new Column("memory read", "GB/s", Basis.MEASURED, 1),
          new Column("fp32 multiply-add", "GFLOP/s", Basis.MEASURED, 1),
          new Column("bf16 dot", "GFLOP/s", Basis.MODELLED, 1));

  private MachinePeaks() {}

  static Table table(KernelBench bench) {
    List<Row> rows = new ArrayList<>();
    int[] data = bench.data();
    for (int threads : bench.threads()) {
      Map<String, String> config = bench.settings();
      config.put("threads", Integer.toString(threads));
      try (MachineLimits limits = MachineLimits.open(threads, data)) {
        Repeats read = measure(bench, limits, MachineLimits::readGigabytes);
        Repeats multiplyAdd = measure(bench, limits, bench::multiplyAddGigaflops);
        rows.add(new Row(config, read, multiplyAdd, dot(multiplyAdd)));
      }
    }
    return new Table(
        "K1",
        Table.Part.MEASURED,
        "this machine's peaks",
        "Read is one pass over 256 MiB by all threads; multiply-add counts two"
            + " operations each and waits for nothing but the units. The bf16 dot instruction is"
            + " not at hand in Java: its peak is taken as twice that of multiply-adds where the"
            + " processor has avx512_bf16, and not measured.",
        COLUMNS,
        rows,
        Optional.empty());
  }

  private static Repeats dot(Repeats multiplyAdd) {
    return Machine.hasBf16Dot()
        ? multiplyAdd.with(multiplyAdd, (one, same) -> DOT_PER_MULTIPLY_ADD * one)
        : Repeats.NONE;
  }

  private static Repeats measure(
      KernelBench bench, MachineLimits limits, ToDoubleFunction<MachineLimits> limit) {
    List<Double> values =
        IntStream.range(-bench.effort().warmUps(), bench.repeats())
            .mapToObj(i -> limit.applyAsDouble(limits))
            .toList();
    return Repeats.of(values.subList(bench.effort().warmUps(), values.size()), value -> value);
  }
}
