package io.drex.job.bench;

import io.drex.device.sim.SavedSimBackend;
import io.drex.device.sim.SimBackend;
import io.drex.job.cli.Invocation;
import io.drex.job.cli.Verb;
import io.drex.job.run.DriverSession;
import io.drex.job.verdict.Build;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code bench}: tables of what early exits bring, as Markdown, CSV and plots. */
public final class BenchVerb implements Verb {
  private static final Logger LOG = LoggerFactory.getLogger(BenchVerb.class);
  private static final String AUTO = "auto";
  private static final String SIMULATED = "sim:";
  private static final String KERNELS = "kernels";
  private static final String BUNDLED = "bundled:";
  private static final String DEFAULT_SIMULATED = "sim:h200/llama-2-13b";

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public String summary() {
    return "Prints the benchmark tables: simulated on a modelled GPU, measured on this machine.";
  }

  @Override
  public String argument() {
    return "[" + KERNELS + "]";
  }

  @Override
  public List<ConfigKey<?>> keys() {
    return List.of(
        ConfigKeys.TABLES,
        ConfigKeys.REPEATS,
        ConfigKeys.ARTICLES,
        ConfigKeys.OUTPUT,
        ConfigKeys.DEVICE,
        ConfigKeys.MODEL,
        ConfigKeys.RAMPS,
        ConfigKeys.MODEL_CACHE,
        ConfigKeys.SLOTS,
        ConfigKeys.MAX_PREFILL_TOKENS,
        ConfigKeys.MAX_SEQUENCE_TOKENS,
        ConfigKeys.MAX_BUFFER_AGE_STEPS,
        ConfigKeys.BUFFER_AGE_FACTOR,
        ConfigKeys.PREFIX_SHARING,
        ConfigKeys.MEASURE_MILLIS,
        ConfigKeys.THREADS,
        ConfigKeys.MAX_NEW_TOKENS);
  }

  @Override
  public ExitCode run(Invocation invocation) {
    Configuration hadoop = DriverSession.hadoop();
    DrexConfig given = invocation.settings().resolve(hadoop);
    DrexConfig config = withModel(given);
    String device = config.value(ConfigKeys.DEVICE);
    TableChoice tables = tables(invocation.argument(), config.value(ConfigKeys.TABLES), device);
    Optional<SimBackend> simulated =
        tables.simulated().isEmpty() ? Optional.empty() : Optional.of(simulated(device));
    Optional<MeasuredBench> measured =
        tables.measured().isEmpty()
            ? Optional.empty()
            : Optional.of(MeasuredBench.open(config, hadoop));
    Optional<KernelBench> kernels =
        tables.kernels().isEmpty()
            ? Optional.empty()
            : Optional.of(KernelBench.open(config, hadoop, given.optional(ConfigKeys.MODEL)));
    BenchReport report =
        new BenchReport(
            invocation.console(),
            config.optional(ConfigKeys.OUTPUT).map(name -> BenchFiles.create(name, hadoop)),
            new Plotter.Headless());
    report.add("# Benchmarks, drex-job " + Build.version() + "\n");
    report.add("Made on: " + Machine.text() + ".\n");
    simulated.ifPresent(
        backend -> {
          report.add("## Simulated: " + backend.name() + "\n");
          int repeats = config.value(ConfigKeys.REPEATS);
          SimBench bench = SimBench.of(backend.gpu(), backend.shape(), repeats);
          tables.simulated().forEach(table -> make(table, () -> table.make(bench), report));
        });
    measured.ifPresent(
        bench -> {
          report.add("## Measured: " + bench.implementation() + "\n");
          tables.measured().forEach(table -> make(table, () -> table.make(bench), report));
        });
    kernels.ifPresent(
        bench -> {
          report.add("## Kernels and whole models\n");
          tables.kernels().forEach(table -> make(table, () -> table.make(bench), report));
        });
    return ExitCode.OK;
  }

  /**
   * @param argument of the verb; null for none
   * @param names of tables; empty for all
   */
  private static TableChoice tables(@Nullable String argument, List<String> names, String device) {
    if (argument == null) {
      return TableChoice.of(names, parts(device));
    }
    if (!argument.equals(KERNELS)) {
      throw new JobException(
          ExitCode.USAGE, "bench " + argument + ": there is only bench " + KERNELS);
    }
    return TableChoice.ofKernels(names, parts(device));
  }

  private static void make(Enum<?> name, Supplier<Table> maker, BenchReport report) {
    long start = System.nanoTime();
    report.add(maker.get());
    LOG.info(
        "Table {} took {} s.", name, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
  }

  /** The bundled model, unless another one is named. */
  private static DrexConfig withModel(DrexConfig config) {
    Map<String, String> entries = new HashMap<>(config.entries());
    entries.putIfAbsent(ConfigKeys.MODEL.sparkKey(), BUNDLED);
    return DrexConfig.of(entries);
  }

  private static Set<Table.Part> parts(String device) {
    if (device.equals(AUTO)) {
      return EnumSet.allOf(Table.Part.class);
    }
    return EnumSet.of(device.startsWith(SIMULATED) ? Table.Part.SIMULATED : Table.Part.MEASURED);
  }

  private static SimBackend simulated(String device) {
    String name = device.equals(AUTO) ? DEFAULT_SIMULATED : device;
    if (!SimBackend.isNamed(name) || SavedSimBackend.isNamed(name) || name.contains("@")) {
      throw new JobException(
          ExitCode.USAGE,
          "--device "
              + name
              + ": bench sets ramps and exit rates itself and needs just "
              + SimBackend.form()
              + ", such as "
              + DEFAULT_SIMULATED);
    }
    try {
      return SimBackend.named(name);
    } catch (IllegalArgumentException e) {
      throw new JobException(ExitCode.USAGE, "--device: " + e.getMessage(), e);
    }
  }
}
