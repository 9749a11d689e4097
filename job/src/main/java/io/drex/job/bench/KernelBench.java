package io.drex.job.bench;

import io.drex.device.Availability;
import io.drex.device.cpu.CpuBackend;
import io.drex.device.cpu.CpuProvider;
import io.drex.device.cpu.MachineLimits;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.TrapLimit;
import io.drex.engine.EngineOptions;
import io.drex.job.run.DriverModel;
import io.drex.job.verdict.Build;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.LoadedModel;
import io.drex.model.ModelException;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.EngineSettings;
import io.drex.synthetic.SyntheticModel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * What the tables of kernels are made with.
 *
 * @param config of the command
 * @param model that was named, if any
 * @param options of the engines that run whole models
 * @param effort what is spent on each figure
 */
record KernelBench(
    DrexConfig config,
    Configuration hadoop,
    Optional<String> model,
    EngineOptions options,
    Effort effort) {
  private static final String SHAPE = "synthetic:tinyllama-1.1b";
  private static final String BUNDLED = "bundled:";
  private static final int LEAST_REPEATS = 5;
  private static final Effort FULL =
      new Effort(4_000_000_000L, 4, LEAST_REPEATS, 512, 1 << 26, 50_000_000, 512);

  /**
   * What is spent on each figure.
   *
   * @param compileNanos for the compiler, before a device's first linear layers are measured
   * @param warmUps runs before those that count
   * @param repeats least number behind a figure
   * @param multiplyAddCalls of {@link MachineLimits#multiplyAddGigaflops}
   * @param readInts read to measure memory, and about what the linear layers of a shape take
   * @param leastNanos of a linear layer's time
   * @param prefillTokens of the prompt that is measured
   */
  record Effort(
      long compileNanos,
      int warmUps,
      int repeats,
      int multiplyAddCalls,
      int readInts,
      long leastNanos,
      int prefillTokens) {}

  /**
   * Checks that this JVM can make them.
   *
   * @param model that the command names, if any
   * @throws JobException ENGINE if it lacks vector instructions; USAGE if an option is wrong
   */
  static KernelBench open(DrexConfig config, Configuration hadoop, Optional<String> model) {
    if (!KernelKind.VECTOR.isPresent()) {
      throw new JobException(
          ExitCode.ENGINE,
          "tables of kernels measure this machine's peaks with the vector API; add the JVM option"
              + " --add-modules "
              + KernelKind.MODULE);
    }
    try {
      EngineOptions options =
          EngineSettings.options(config, Runtime.getRuntime().availableProcessors());
      return new KernelBench(config, hadoop, model, options, FULL);
    } catch (IllegalArgumentException e) {
      throw new JobException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Repeats behind each figure. */
  int repeats() {
    return Math.max(effort.repeats, config.value(ConfigKeys.REPEATS));
  }

  /** One thread, and all of them. */
  int[] threads() {
    return options.threads() == 1 ? new int[] {1} : new int[] {1, options.threads()};
  }

  /** The model whose layers' shapes linear layers are measured in. */
  LoadedModel shapes() {
    return load(model.filter(SyntheticModel::isSynthetic).orElse(SHAPE));
  }

  /** Names of the models that are measured as a whole. */
  List<String> models() {
    return model.map(List::of).orElse(List.of(SHAPE, BUNDLED));
  }

  /**
   * Loads a model by its name.
   *
   * @throws JobException ENGINE if it cannot be used
   */
  LoadedModel load(String name) {
    if (!SyntheticModel.isSynthetic(name)) {
      return DriverModel.load(with(ConfigKeys.MODEL.sparkKey(), name), hadoop).loaded();
    }
    try {
      return SyntheticModel.load(name);
    } catch (ModelException e) {
      throw new JobException(ExitCode.ENGINE, "--model: " + e.getMessage(), e);
    }
  }

  private DrexConfig with(String key, String value) {
    Map<String, String> entries = new LinkedHashMap<>(config.entries());
    entries.put(key, value);
    return DrexConfig.of(entries);
  }

  /** The device that was named, or all that this JVM has but the oracle. */
  List<CpuProvider> providers() {
    return Arrays.stream(CpuProvider.values())
        .filter(provider -> provider != CpuProvider.BEST)
        .filter(
            provider ->
                options.device().equals(provider.text())
                    || isAny() && provider != CpuProvider.SCALAR && isAvailable(provider))
        .toList();
  }

  private boolean isAny() {
    return Arrays.stream(CpuProvider.values())
        .noneMatch(one -> one != CpuProvider.BEST && one.text().equals(options.device()));
  }

  private static boolean isAvailable(CpuProvider provider) {
    return new CpuBackend(provider).probe() instanceof Availability.Available;
  }

  /** Multiply-adds of floats, in GFLOP/s of all threads. */
  double multiplyAddGigaflops(MachineLimits limits) {
    return limits.multiplyAddGigaflops(effort.multiplyAddCalls);
  }

  /** What is read to measure memory. */
  int[] data() {
    int[] data = new int[effort.readInts];
    Arrays.fill(data, 1); // a page that was never written is not in memory
    return data;
  }

  /** What all figures depend on; what the tables vary comes last. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("build", Build.version());
    settings.put("machine", Machine.text());
    settings.put("vectors", KernelKind.VECTOR.description());
    settings.put("trap limit", TrapLimit.isHighEnough() ? "raised" : "C2's own");
    settings.put("repeats", Integer.toString(repeats()));
    return settings;
  }
}
