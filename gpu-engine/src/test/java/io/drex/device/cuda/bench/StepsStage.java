package io.drex.device.cuda.bench;

import io.drex.device.cuda.BenchGpu;
import io.drex.device.cuda.HeadBench;
import io.drex.device.cuda.bench.Part.State;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.ModelShape;
import io.drex.synthetic.SyntheticModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Whole models: decode steps, prefill calls, and what ramps cost beside their heads' products. */
final class StepsStage {
  private static final int WARM_UP = 4; // steps; the third of a kind is a graph
  private static final int REPLAYS = 8;

  private final Bench bench;
  private final Sizes sizes;
  private final Rates rates;
  private final Output.Rows decode;
  private final Output.Rows prefill;
  private final Map<Integer, Figure> plainSteps = new LinkedHashMap<>(); // [batch], first model

  private StepsStage(Bench bench, Rates rates) {
    this.bench = bench;
    this.sizes = bench.sizes();
    this.rates = rates;
    decode =
        bench
            .out()
            .table(
                "decode",
                "Decode steps at a context of " + sizes.context(),
                "Full depth, a token for every sequence; planning and applying"
                    + " included. The KV cache holds"
                    + " random cells.",
                "Roofline: the larger of (weights + K and V of all positions,"
                    + " bytes) / copy rate and (2 × weights ×"
                    + " rows + attention, operations) / matrix rate.",
                "GPU's own time: the step's copies and launches, made again one"
                    + " step behind the other; it is the last. Host's share:"
                    + " (time − own time) / time, own time scaled by the roofline to the mean context"
                    + " of the steps that are timed; the bar is 3 %.",
                rates.note());
    prefill =
        bench
            .out()
            .table(
                "prefill",
                "Prefill calls",
                "One call of the whole model. Operations: 2 × weights × rows +"
                    + " causal attention + the head of the last"
                    + " position of each prompt.",
                rates.note());
  }

  static void run(Bench bench) throws IOException {
    StepsStage stage = new StepsStage(bench, Rates.measure(bench));
    String first = bench.sizes().models().get(0);
    stage.measure(first, Devices.STRICT);
    stage.ramps(first);
    stage.measure(first, Devices.FAST);
    for (String model : bench.sizes().models().subList(1, bench.sizes().models().size())) {
      for (String device : Devices.BOTH) {
        stage.measure(model, device);
      }
    }
  }

  private void measure(String name, String device) {
    if (!bench.out().hasTime()) {
      return;
    }
    Row row = Row.of("device", device, "model", SyntheticModel.shapeName(name));
    String missing = Devices.missing(device);
    if (!missing.isEmpty()) {
      decode.add(row.without(missing));
      prefill.add(row.without(missing));
      return;
    }
    LoadedModel model = SyntheticModel.load(name);
    LoadedModel whole = model.withSpec(model.spec().withRamps(List.of()));
    try (OpenModel open = OpenModel.open(device, whole, sizes, sizes.largest())) {
      boolean keeps = plainSteps.isEmpty();
      for (int batch : batches(open)) {
        if (bench.out().hasTime()) {
          Figure time = decodeRow(open, batch, device, name);
          if (keeps) {
            plainSteps.put(batch, time);
          }
        }
      }
      for (Sizes.Prompts prompts : sizes.prompts()) {
        if (bench.out().hasTime()) {
          prefillRow(open, prompts, device, name);
        }
      }
    } catch (RuntimeException e) { // the next model may go through
      fail(decode, row, e);
    }
  }

  private void fail(Output.Rows rows, Row row, RuntimeException e) {
    e.printStackTrace();
    rows.add(row.without(e));
    bench.out().ended(State.FAILED, "a model could not be measured; its row says why");
  }

  private Iterable<Integer> batches(OpenModel open) {
    TreeSet<Integer> batches = new TreeSet<>(sizes.batches());
    batches.add(open.options().slots());
    return batches.headSet(open.options().slots(), true);
  }

  private Figure decodeRow(OpenModel open, int batch, String device, String name) {
    Figure time = stepMillis(open, batch, new ExitPolicy.FullDepth());
    double[] own = new double[sizes.repeats()];
    for (int i = 0; i < own.length; i++) {
      own[i] = open.device().deviceNanos(REPLAYS) / 1e6;
    }
    Figure ownTime = Figure.of("ms", own);
    ModelShape shape = ModelShape.of(name, open.spec());
    int timed = sizes.repeats() * sizes.steps();
    double first = sizes.context() + WARM_UP;
    double least = leastStepSeconds(shape, rates, batch, first + timed / 2.0) * 1e3;
    double leastNoted = leastStepSeconds(shape, rates, batch, first + timed) * 1e3;
    double ownMillis = ownTime.median() * least / leastNoted;
    decode.add(
        Row.of(
                "device",
                device,
                "model",
                SyntheticModel.shapeName(name),
                "batch",
                String.valueOf(batch))
            .with("time", time)
            .with("decoded", time.as("tok/s", ms -> batch / ms * 1e3))
            .with("of the roofline", time.as("%", ms -> 100 * least / ms))
            .with("GPU's own time", ownTime)
            .with("host's share", time.as("%", ms -> 100 * (ms - ownMillis) / ms))
            .with("memory", Figure.of("GiB", open.device().model().memoryBytes() / 0x1p30)));
    return time;
  }

  /** Of one more than the measured repeats, the last noted, so that it can be made again. */
  private Figure stepMillis(OpenModel open, int batch, ExitPolicy policy) {
    DecodeLoop loop =
        new DecodeLoop(
            open.device().model(), open.spec(), open.options(), policy, batch, sizes.context());
    for (int i = 0; i < WARM_UP; i++) {
      loop.step();
    }
    double[] millis = new double[sizes.repeats()];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = loop.millis(sizes.steps());
    }
    open.device().note(loop::step);
    return Figure.of("ms", millis);
  }

  /**
   * Least seconds of a step at full depth.
   *
   * @param context positions that each row attends to
   */
  static double leastStepSeconds(ModelShape shape, Rates rates, int batch, double context) {
    double weights = (double) shape.layers() * shape.weightsPerLayer() + shape.headWeights();
    double positions = batch * context;
    double bytes =
        weights * ModelShape.BYTES_PER_VALUE
            + positions * shape.layers() * shape.kvBytesPerTokenLayer();
    double flops =
        2 * weights * batch + positions * shape.layers() * shape.attentionFlopsPerToken();
    return rates.leastSeconds(bytes, flops);
  }

  private void prefillRow(OpenModel open, Sizes.Prompts prompts, String device, String name) {
    PromptCall call = new PromptCall(open, prompts);
    call.run();
    double[] millis = new double[sizes.repeats()];
    for (int i = 0; i < millis.length; i++) {
      long start = System.nanoTime();
      call.run();
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    Figure time = Figure.of("ms", millis);
    double flops = call.flops(ModelShape.of(name, open.spec()));
    int rows = prompts.sequences() * prompts.tokens();
    prefill.add(
        Row.of(
                "device",
                device,
                "model",
                SyntheticModel.shapeName(name),
                "prompts",
                prompts.sequences() + " × " + prompts.tokens())
            .with("time", time)
            .with("prompt", time.as("tok/s", ms -> rows / ms * 1e3))
            .with("done", time.as("TFLOP/s", ms -> flops / ms / 1e9))
            .with(
                "of the matrix rate", time.as("%", ms -> 1e5 * flops / ms / rates.matrixFlops())));
  }

  private void ramps(String name) {
    if (!bench.out().hasTime() || plainSteps.isEmpty()) {
      return;
    }
    LoadedModel model = SyntheticModel.load(name);
    int ramps = model.spec().ramps().size();
    Output.Rows rows =
        bench
            .out()
            .table(
                "ramps",
                "What ramps cost beside their heads' products",
                "A step of "
                    + ramps
                    + " ramps where nobody leaves, in "
                    + (ramps + 1)
                    + " calls, against one without"
                    + " ramps. Rest: (step with ramps − step without − the ramps'"
                    + " matrix products) / step with"
                    + " ramps: norms, decisions, regrouping, launches, the host; the bar is 3 %.");
    try {
      ramps(name, model, ramps, rows);
    } catch (RuntimeException e) {
      Row row = Row.of("device", Devices.STRICT, "model", SyntheticModel.shapeName(name));
      fail(rows, row, e);
    }
  }

  private void ramps(String name, LoadedModel model, int ramps, Output.Rows rows) {
    Map<Integer, Figure> products = products(model.spec());
    int most = products.keySet().stream().mapToInt(batch -> batch).max().orElse(1);
    try (OpenModel open = OpenModel.open(Devices.STRICT, model, sizes, most)) {
      for (Map.Entry<Integer, Figure> entry : products.entrySet()) {
        int batch = entry.getKey();
        Figure plain = plainSteps.get(batch);
        if (plain == null || batch > open.options().slots() || !bench.out().hasTime()) {
          continue;
        }
        Figure time = stepMillis(open, batch, new ExitPolicy.Rebatch());
        Figure product = entry.getValue().as("ms", us -> ramps * us / 1e3);
        double other = plain.median() + product.median();
        rows.add(
            Row.of(
                    "device",
                    Devices.STRICT,
                    "model",
                    SyntheticModel.shapeName(name),
                    "batch",
                    String.valueOf(batch))
                .with("step with ramps", time)
                .with("step without", plain)
                .with("products", product)
                .with("rest", time.as("%", ms -> 100 * (ms - other) / ms)));
      }
    }
  }

  private Map<Integer, Figure> products(ModelSpec spec) {
    Map<Integer, Figure> products = new LinkedHashMap<>();
    try (BenchGpu gpu = BenchGpu.open(sizes.effort())) {
      HeadBench head = new HeadBench(gpu, spec);
      for (int batch : sizes.batches()) {
        products.put(batch, Figure.of("us", head.gemmMicros(batch)));
      }
    }
    return products;
  }
}
