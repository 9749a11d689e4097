package io.drex.job.bench;

import io.drex.device.cpu.CpuProvider;
import io.drex.device.cpu.LinearTrial;
import io.drex.device.cpu.MachineLimits;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * K2: linear layers by themselves, by shape and batch, beside the machine's peaks. Batches and
 * peaks take turns, so that a slow moment slows all.
 */
final class LinearLayers {
  private static final int[] BATCHES = {1, 8, 32, 256};
  private static final int MAX_ROWS = 256;

  private static final List<Column> COLUMNS =
      List.of(
          new Column("speed", "GFLOP/s", Basis.MEASURED, 1),
          new Column("weights read", "GB/s", Basis.MEASURED, 1),
          new Column("of the multiply-add peak", "%", Basis.MEASURED, 0),
          new Column("of the memory read peak", "%", Basis.MEASURED, 0));

  private record Sample(double gigaflops, double gigabytes, double peak, double readPeak) {}

  private final KernelBench bench;
  private final int[] data;
  private final List<Row> rows = new ArrayList<>();

  private LinearLayers(KernelBench bench) {
    this.bench = bench;
    data = bench.data();
  }

  static Table table(KernelBench bench) {
    return new LinearLayers(bench).table();
  }

  private Table table() {
    LoadedModel model = bench.shapes();
    for (CpuProvider provider : bench.providers()) {
      awaitCompiler(provider, model.tensor(model.spec().family().layer(0, LayerTensor.Q)));
      for (int threads : bench.threads()) {
        for (LayerTensor name :
            new LayerTensor[] {LayerTensor.Q, LayerTensor.UP, LayerTensor.DOWN}) {
          measure(provider, threads, model.tensor(model.spec().family().layer(0, name)));
        }
      }
    }
    return new Table(
        "K2",
        Table.Part.MEASURED,
        "linear layers of bf16 models",
        "Linear layers of one shape with random weights, taking turns as those of a model do, so"
            + " that weights come from memory: some 256 MB of them. Speed counts two operations"
            + " per weight and row. Peaks are taken in the same rounds with as many threads; a"
            + " kernel with bf16 dot instructions may exceed the multiply-add peak, up to twice.",
        COLUMNS,
        rows,
        Optional.empty());
  }

  private void awaitCompiler(CpuProvider provider, Tensor weights) {
    try (LinearTrial trial = LinearTrial.open(provider, 1, weights, 1, MAX_ROWS)) {
      for (int batch : BATCHES) {
        callsPerNano(trial, batch, bench.effort().compileNanos());
      }
    }
  }

  private void measure(CpuProvider provider, int threads, Tensor weights) {
    Map<Integer, List<Sample>> samples = new LinkedHashMap<>();
    try (MachineLimits limits = MachineLimits.open(threads, data);
        LinearTrial trial =
            LinearTrial.open(provider, threads, weights, layers(weights), MAX_ROWS)) {
      for (int repeat = -bench.effort().warmUps(); repeat < bench.repeats(); repeat++) {
        double peak = bench.multiplyAddGigaflops(limits);
        double readPeak = limits.readGigabytes();
        for (int batch : BATCHES) {
          double calls = callsPerNano(trial, batch, bench.effort().leastNanos());
          double weightCount = weights.elements() * calls;
          Sample sample =
              new Sample(2 * weightCount * batch, trial.weightBytes() * calls, peak, readPeak);
          if (repeat >= 0) {
            samples.computeIfAbsent(batch, any -> new ArrayList<>()).add(sample);
          }
        }
      }
    }
    samples.forEach(
        (batch, own) -> {
          Map<String, String> config = bench.settings();
          config.put("device", provider.text());
          config.put("threads", Integer.toString(threads));
          config.put("outputs × inputs", weights.shape().get(0) + " × " + weights.shape().get(1));
          config.put("batch", Integer.toString(batch));
          rows.add(
              new Row(
                  config,
                  Repeats.of(own, Sample::gigaflops),
                  Repeats.of(own, Sample::gigabytes),
                  Repeats.of(own, sample -> 100 * sample.gigaflops / sample.peak),
                  Repeats.of(own, sample -> 100 * sample.gigabytes / sample.readPeak)));
        });
  }

  /** As many as take about what is read to measure memory. */
  private int layers(Tensor weights) {
    long bytes = weights.elements() * weights.dtype().bytes();
    return (int) Math.max(1, (long) data.length * Integer.BYTES / bytes);
  }

  private static double callsPerNano(LinearTrial trial, int batch, long leastNanos) {
    long start = System.nanoTime();
    long nanos;
    int calls = 0;
    do {
      trial.run(batch);
      calls++;
      nanos = System.nanoTime() - start;
    } while (nanos < leastNanos);
    return calls / (double) nanos;
  }
}
