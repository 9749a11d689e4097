package io.drex.device.cuda.bench;

import io.drex.device.cuda.AttentionBench;
import io.drex.device.cuda.BenchGpu;
import io.drex.device.cuda.CublasBench;
import io.drex.device.cuda.GemmBench;
import io.drex.device.cuda.HeadBench;
import io.drex.model.ModelSpec;
import io.drex.policy.ModelShape;
import io.drex.synthetic.SyntheticModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Single kernels, at the shapes of real models. */
final class KernelsStage {
  private static final String STRICT = "Own kernels, strict; reads what no cache holds.";

  private final Bench bench;
  private final Sizes sizes;
  private final Rates rates;
  private final BenchGpu gpu;

  private KernelsStage(Bench bench, Rates rates, BenchGpu gpu) {
    this.bench = bench;
    this.sizes = bench.sizes();
    this.rates = rates;
    this.gpu = gpu;
  }

  static void run(Bench bench) throws IOException {
    Rates rates = Rates.measure(bench);
    try (BenchGpu gpu = BenchGpu.open(bench.sizes().effort())) {
      KernelsStage stage = new KernelsStage(bench, rates, gpu);
      Map<String, ModelSpec> specs = new LinkedHashMap<>();
      for (String model : bench.sizes().models()) {
        specs.put(SyntheticModel.shapeName(model), SyntheticModel.load(model).spec());
      }
      stage.attention(specs);
      stage.heads(specs);
      stage.linearLayers(specs);
    }
  }

  /** A linear layer: outputs and inputs. */
  private record Layer(int outputs, int inputs) {}

  /** Query, key and value; output; gate and up; down. */
  private static List<Layer> layers(ModelSpec spec) {
    int queries = spec.heads() * spec.headDim();
    int hidden = spec.hiddenSize();
    return List.of(
        new Layer(queries + 2 * spec.kvWidth(), hidden),
        new Layer(hidden, queries),
        new Layer(2 * spec.intermediateSize(), hidden),
        new Layer(hidden, spec.intermediateSize()));
  }

  private void linearLayers(Map<String, ModelSpec> specs) {
    Output.Rows rows =
        bench
            .out()
            .table(
                "gemm",
                "Linear layers",
                STRICT,
                "cuBLAS, where it is, fast: its product alone, stored as floats. The device takes"
                    + " it for large prompt calls only.",
                rates.note());
    GemmBench gemm = new GemmBench(gpu);
    CublasBench cublas = new CublasBench(gpu);
    Map<Layer, Set<String>> users = new LinkedHashMap<>();
    specs.forEach(
        (name, spec) ->
            layers(spec)
                .forEach(
                    layer -> users.computeIfAbsent(layer, l -> new LinkedHashSet<>()).add(name)));
    for (int count : sizes.gemmRows()) {
      for (Map.Entry<Layer, Set<String>> entry : users.entrySet()) {
        Layer layer = entry.getKey();
        if (!bench.out().hasTime()) {
          return;
        }
        String models = String.join(", ", entry.getValue());
        String kernel = gemm.block(layer.outputs(), count);
        Row row = layerRow(Devices.STRICT, models, layer, count, kernel);
        rows.add(withRates(row, gemm.micros(layer.outputs(), layer.inputs(), count), layer, count));
        if (CublasBench.missing().isEmpty()) {
          row = layerRow(Devices.FAST, models, layer, count, "cuBLAS");
          double[] micros = cublas.micros(layer.outputs(), layer.inputs(), count);
          rows.add(withRates(row, micros, layer, count));
        }
      }
    }
  }

  private static Row layerRow(String device, String users, Layer layer, int rows, String kernel) {
    return Row.of(
        "device",
        device,
        "models",
        users,
        "outputs × inputs",
        layer.outputs() + " × " + layer.inputs(),
        "rows",
        String.valueOf(rows),
        "kernel",
        kernel);
  }

  private Row withRates(Row row, double[] micros, Layer layer, int rows) {
    double bytes = GemmBench.bytes(layer.outputs(), layer.inputs(), rows);
    double flops = GemmBench.flops(layer.outputs(), layer.inputs(), rows);
    return withRates(row, micros, bytes, flops);
  }

  /** With time, bytes and operations per second, and their shares of what is possible. */
  private Row withRates(Row row, double[] micros, double bytes, double flops) {
    Figure time = Figure.of("us", micros);
    double least = rates.leastSeconds(bytes, flops) * 1e6;
    return row.with("time", time)
        .with("read and written", time.as("GB/s", us -> bytes / us / 1e3))
        .with("done", time.as("TFLOP/s", us -> flops / us / 1e6))
        .with("of the copy rate", time.as("%", us -> 100e6 * bytes / us / rates.copyBytes()))
        .with("of the matrix rate", time.as("%", us -> 100e6 * flops / us / rates.matrixFlops()))
        .with("of the roofline", time.as("%", us -> 100 * least / us));
  }

  private void attention(Map<String, ModelSpec> specs) {
    Output.Rows rows =
        bench.out().table("attention", "Attention of one layer", STRICT, rates.note());
    for (Map.Entry<String, ModelSpec> entry : specs.entrySet()) {
      ModelSpec spec = entry.getValue();
      AttentionBench attention = new AttentionBench(gpu, spec);
      ModelShape shape = ModelShape.of(entry.getKey(), spec);
      int context = sizes.context();
      for (int batch : sizes.batches()) {
        if (!bench.out().hasTime()) {
          return;
        }
        Row row = attentionRow(entry.getKey(), "decode, context " + context, batch);
        double flops = (double) shape.attentionFlopsPerToken() * batch * context;
        double[] micros = attention.decodeMicros(batch, context);
        rows.add(withRates(row, micros, attention.decodeBytes(batch, context), flops));
      }
      int tokens = sizes.prompts().get(0).tokens();
      Row row = attentionRow(entry.getKey(), "one prompt", tokens);
      double bytes = attention.decodeBytes(1, tokens);
      double[] micros = attention.promptMicros(tokens);
      rows.add(withRates(row, micros, bytes, attention.promptFlops(tokens)));
    }
  }

  private static Row attentionRow(String model, String kind, int rows) {
    return Row.of(
        "device", Devices.STRICT, "model", model, "kind", kind, "rows", String.valueOf(rows));
  }

  private void heads(Map<String, ModelSpec> specs) {
    Output.Rows rows =
        bench
            .out()
            .table(
                "heads",
                "Exit heads and sampling",
                "Own kernels, strict. The head is norm, matrix product and decision, and reads what"
                    + " no cache holds; sampling is beside it, with temperature, top-k, top-p and a"
                    + " penalty, and its logits may lie in a cache.",
                rates.note());
    for (Map.Entry<String, ModelSpec> entry : specs.entrySet()) {
      HeadBench head = new HeadBench(gpu, entry.getValue());
      for (int batch : sizes.batches()) {
        if (!bench.out().hasTime()) {
          return;
        }
        Row row =
            Row.of(
                "device", Devices.STRICT, "model", entry.getKey(), "rows", String.valueOf(batch));
        double least = rates.leastSeconds(head.bytes(), head.flops(batch)) * 1e6;
        Figure product = Figure.of("us", head.gemmMicros(batch));
        rows.add(
            row.with("head", Figure.of("us", head.micros(batch)))
                .with("product alone", product)
                .with("product, of the roofline", product.as("%", us -> 100 * least / us))
                .with("sampling", Figure.of("us", head.sampleMicros(batch))));
      }
    }
  }
}
