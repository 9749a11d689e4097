package io.drex.job.bench;

import io.drex.device.PrefixSharing;
import io.drex.device.cpu.CpuProvider;
import io.drex.engine.EngineOptions;
import io.drex.engine.SamplingParams;
import io.drex.job.engine.LocalEngine;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.LoadedModel;
import io.drex.policy.Presets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** K3: whole models at full depth by the engine, decoding and prefill by themselves. */
final class WholeModels {
  private static final int[] BATCHES = {1, 8, 32};
  private static final int MOST_ROWS = 32;
  private static final int PROMPT_TOKENS = 33;
  private static final int NEW_TOKENS = 9;

  /** A figure of a model takes longer than one of a linear layer. */
  private static final int LONGER = 4;

  /** Blocks of the cache that are computed once for all prompts, to save time. */
  private static final int SHARED_TOKENS = 32;

  /** What the engine holds beside the weights, generously: its cache above all. */
  private static final long SPARE_BYTES = 1L << 30;

  private static final List<Column> COLUMNS =
      List.of(new Column("speed", "tok/s", Basis.MEASURED, 1));

  private final KernelBench bench;
  private final Random random = new Random(1);
  private final List<Row> rows = new ArrayList<>();

  private WholeModels(KernelBench bench) {
    this.bench = bench;
  }

  static Table table(KernelBench bench) {
    return new WholeModels(bench).table();
  }

  private Table table() {
    for (String name : bench.models()) {
      LoadedModel loaded = bench.load(name);
      checkMemory(name, loaded);
      // Every row decodes to the end.
      LoadedModel endless =
          new LoadedModel(loaded.spec(), Set.of(), loaded.contentHash(), loaded.tensors());
      for (CpuProvider provider : bench.providers()) {
        measure(name, endless, provider);
      }
    }
    return new Table(
        "K3",
        Table.Part.MEASURED,
        "whole models at full depth",
        "Random prompts through the engine with the policy full_depth. Decoding: prompts of "
            + PROMPT_TOKENS
            + " tokens that differ in the last, "
            + (NEW_TOKENS - 1)
            + " steps; prefill: one prompt of "
            + bench.effort().prefillTokens()
            + " tokens, or the most that the model takes, in one call. Speeds count the time in"
            + " device calls. A model named synthetic: has random weights and takes the time of a"
            + " real one of its shape; with /alias=n, its layers share the weights of n.",
        COLUMNS,
        rows,
        Optional.empty());
  }

  private static void checkMemory(String name, LoadedModel model) {
    long needed = model.weightBytes() + SPARE_BYTES;
    long heap = Runtime.getRuntime().maxMemory();
    if (needed > heap) {
      throw new JobException(
          ExitCode.ENGINE,
          "table K3: the model %s takes %d MiB and this JVM has %d MiB; give it -Xmx%dm, or name a smaller --model"
              .formatted(name, needed >> 20, heap >> 20, needed >> 20));
    }
  }

  private void measure(String name, LoadedModel model, CpuProvider provider) {
    int prefillTokens =
        Math.min(bench.effort().prefillTokens(), model.spec().maxPositions() - NEW_TOKENS);
    EngineOptions options =
        bench
            .options()
            .withDevice(provider.text())
            .withPolicy(Presets.FULL_DEPTH.text())
            .withSlots(MOST_ROWS)
            .withMaxPrefillTokens(prefillTokens)
            .withMaxSequenceTokens(Math.max(PROMPT_TOKENS, prefillTokens) + NEW_TOKENS)
            .withPrefixSharing(PrefixSharing.ON)
            .withMeasureMillis(0)
            .withCostTable("");
    int[] shared = prompt(model, SHARED_TOKENS);
    Map<Integer, List<EngineRun>> decoding = new LinkedHashMap<>();
    List<EngineRun> prefill = new ArrayList<>();
    try (LocalEngine engine = LocalEngine.open(model, options)) {
      for (int repeat = -1; repeat < bench.repeats(); repeat++) { // the first warms up
        for (int batch : BATCHES) {
          EngineRun run = run(engine, () -> prompts(model, shared, batch), NEW_TOKENS);
          if (repeat >= 0) {
            decoding.computeIfAbsent(batch, any -> new ArrayList<>()).add(run);
          }
        }
        EngineRun run = run(engine, () -> List.of(prompt(model, prefillTokens)), 1);
        if (repeat >= 0) {
          prefill.add(run);
        }
      }
    }
    decoding.forEach(
        (batch, runs) ->
            add(
                name,
                provider,
                "decode",
                batch,
                Repeats.of(runs, EngineRun::decodeTokensPerSecond)));
    add(name, provider, "prefill", 1, Repeats.of(prefill, WholeModels::prefillTokensPerSecond));
  }

  /** As often as it takes to measure a small model, too. */
  private EngineRun run(LocalEngine engine, Supplier<List<int[]>> prompts, int newTokens) {
    SamplingParams sampling = new SamplingParams(newTokens);
    EngineRun run = MeasuredBench.measured(engine, prompts.get(), sampling);
    while (run.nanos() < LONGER * bench.effort().leastNanos()) {
      run = run.and(MeasuredBench.measured(engine, prompts.get(), sampling));
    }
    return run;
  }

  private static double prefillTokensPerSecond(EngineRun run) {
    long micros = run.after().busyMicros() - run.before().busyMicros();
    return (run.after().promptRows() - run.before().promptRows()) / (micros / 1e6);
  }

  private void add(String name, CpuProvider provider, String phase, int batch, Repeats speed) {
    Map<String, String> config = bench.settings();
    config.put("policy", Presets.FULL_DEPTH.text());
    config.put("threads", Integer.toString(bench.options().threads()));
    config.put("model", name);
    config.put("device", provider.text());
    config.put("phase", phase);
    config.put("batch", Integer.toString(batch));
    rows.add(new Row(config, speed));
  }

  private List<int[]> prompts(LoadedModel model, int[] shared, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              int[] prompt = prompt(model, PROMPT_TOKENS);
              System.arraycopy(shared, 0, prompt, 0, SHARED_TOKENS);
              return prompt;
            })
        .toList();
  }

  private int[] prompt(LoadedModel model, int tokens) {
    return random.ints(tokens, 0, model.spec().vocabSize()).toArray();
  }
}
