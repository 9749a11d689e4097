package io.drex.job.doctor;

import io.drex.device.DeviceBackend;
import io.drex.engine.Backends;
import io.drex.job.cli.Invocation;
import io.drex.job.cli.Verb;
import io.drex.job.config.Secrets;
import io.drex.job.output.OutputLayout;
import io.drex.job.run.DriverModel;
import io.drex.job.run.DriverSession;
import io.drex.job.run.KvTraining;
import io.drex.job.run.MemoryCheck;
import io.drex.job.run.Preflight;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.EngineSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkConf;
import org.apache.spark.package$;

/** {@code doctor}: checks this machine, and the model and output if they are named. */
public final class DoctorVerb implements Verb {
  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public String summary() {
    return "Checks this machine: Java, natives, devices, Spark, file systems, memory.";
  }

  @Override
  public List<ConfigKey<?>> keys() {
    return List.of(
        ConfigKeys.MODEL,
        ConfigKeys.RAMPS,
        ConfigKeys.MODEL_CACHE,
        ConfigKeys.OUTPUT,
        ConfigKeys.DEVICE,
        ConfigKeys.KV_FILL,
        ConfigKeys.SLOTS,
        ConfigKeys.MAX_PREFILL_TOKENS,
        ConfigKeys.MAX_SEQUENCE_TOKENS,
        ConfigKeys.KV_TOKENS);
  }

  @Override
  public ExitCode run(Invocation invocation) {
    Configuration hadoop = DriverSession.hadoop();
    DrexConfig config = invocation.settings().resolve(hadoop);
    List<Finding> findings = new ArrayList<>();
    findings.add(MachineChecks.java());
    findings.add(MachineChecks.processor());
    findings.add(MachineChecks.vectorModule());
    findings.add(MachineChecks.glibc());
    findings.addAll(DeviceChecks.of(devices(config), config.value(ConfigKeys.DEVICE)));
    findings.add(spark());
    findings.add(MachineChecks.writable("temp", Path.of(System.getProperty("java.io.tmpdir"))));
    findings.add(Finding.ok("filesystem", "default is " + FileSystem.getDefaultUri(hadoop)));
    config.optional(ConfigKeys.OUTPUT).ifPresent(output -> findings.add(output(output, hadoop)));
    findings.addAll(model(config, hadoop));
    findings.forEach(finding -> invocation.console().out().println(Secrets.mask(finding.line())));
    boolean fit = findings.stream().noneMatch(found -> found.level() == Finding.Level.FAIL);
    return fit ? ExitCode.OK : ExitCode.FAILURE;
  }

  /** All that are known, and a GPU that was named by its address. */
  private static List<DeviceBackend> devices(DrexConfig config) {
    List<DeviceBackend> devices = new ArrayList<>(Backends.all());
    DeviceBackend asked = Preflight.known(config.value(ConfigKeys.DEVICE));
    if (asked.isAccelerator() && !devices.contains(asked)) {
      devices.add(0, asked);
    }
    return devices;
  }

  private static Finding spark() {
    String version = package$.MODULE$.SPARK_VERSION();
    String fact = "Spark " + version + ", Scala " + scala.util.Properties.versionNumberString();
    return version.startsWith("4.")
        ? Finding.ok("spark", fact)
        : Finding.fail("spark", fact, "run on Spark 4.x with Scala 2.13");
  }

  private static Finding output(String output, Configuration hadoop) {
    try {
      OutputLayout layout = OutputLayout.of(output, hadoop);
      layout.probe(hadoop);
      return Finding.ok("output", layout.root() + " is writable");
    } catch (JobException e) {
      return Finding.fail("output", String.valueOf(e.getMessage()), "");
    }
  }

  private static List<Finding> model(DrexConfig config, Configuration hadoop) {
    // The tokenizers library is loaded with any model's tokenizer; the bundled one is always there.
    Map<String, String> bundled = Map.of(ConfigKeys.MODEL.sparkKey(), "bundled:");
    Optional<String> named = config.optional(ConfigKeys.MODEL);
    List<Finding> findings = new ArrayList<>();
    try {
      DriverModel model = DriverModel.load(DrexConfig.of(bundled), hadoop);
      findings.add(Finding.ok("tokenizers", "the native library loads"));
      findings.addAll(KernelChecks.of(model.loaded(), config.value(ConfigKeys.DEVICE)));
    } catch (JobException e) {
      findings.add(Finding.fail("tokenizers", String.valueOf(e.getMessage()), ""));
    }
    if (named.isEmpty()) {
      return findings;
    }
    try {
      DriverModel model = DriverModel.load(config, hadoop);
      findings.add(Finding.ok("model", named.get() + " is valid: " + model.loaded().contentHash()));
      KvTraining.missing(model.rampFile(), EngineSettings.kvFill(config))
          .map(missing -> Finding.warn("ramps", missing.fact(), missing.remedy()))
          .ifPresent(findings::add);
      DeviceBackend device = Preflight.backend(config.value(ConfigKeys.DEVICE));
      MemoryCheck.of(model.loaded(), config, device).require(new SparkConf());
      findings.add(Finding.ok("memory", "the engine fits"));
    } catch (JobException e) {
      findings.add(Finding.fail("model", String.valueOf(e.getMessage()), ""));
    }
    return findings;
  }
}
