package io.drex.job.run;

import io.drex.device.DeviceBackend;
import io.drex.engine.Backends;
import io.drex.engine.EngineException;
import io.drex.job.output.FormerResults;
import io.drex.job.output.OutputLayout;
import io.drex.job.output.OutputMode;
import io.drex.job.output.RunLabels;
import io.drex.job.storage.TextFile;
import io.drex.job.verdict.Build;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.Presets;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.EngineSettings;
import io.drex.spark.hash.Sha256;
import io.drex.tokenizer.PromptTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known about a run before any cluster time is spent; making one checks all of it.
 *
 * @param templateText the template as it will be parsed in tasks
 * @param activeRamps ramps that the policy reads, by depth
 * @param device what will run it
 */
public record Preflight(
    DrexConfig config,
    OutputLayout layout,
    DriverModel model,
    String templateText,
    PromptTemplate template,
    List<RampSpec> activeRamps,
    DeviceBackend device) {
  private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

  /**
   * Checks the configuration, the output folder, the model and the device, cheapest first.
   *
   * @throws JobException USAGE for settings, ENGINE for model and device
   */
  public static Preflight check(DrexConfig config, SparkConf conf, Configuration hadoop) {
    config.value(ConfigKeys.INPUT);
    config.value(ConfigKeys.MODEL);
    OutputLayout layout = OutputLayout.of(config.value(ConfigKeys.OUTPUT), hadoop);
    Optional<String> given = givenTemplate(config, hadoop);
    given.ifPresent(Preflight::parse);
    ExitPolicy policy = exitPolicy(config);
    SamplingCheck.requireOptionColumns(config);
    DeviceBackend device = device(config, conf);
    new FormerResults(layout, hadoop).require(OutputMode.of(config));
    layout.probe(hadoop);
    DriverModel model = DriverModel.load(config, hadoop);
    ModelSpec spec = model.loaded().spec();
    checkLongest(config, spec);
    MemoryCheck.of(model.loaded(), config, device).require(conf);
    String text = templateText(given, model);
    List<RampSpec> active = policy.activeRamps(spec.ramps());
    SamplingCheck.require(config, active, model.folder());
    TraceCheck.requireRampsToRecord(config, active);
    DeviceBackend backend = TraceCheck.replaying(device, config, active, hadoop);
    if (!active.isEmpty()) {
      KvTraining.missing(model.rampFile(), EngineSettings.kvFill(config))
          .ifPresent(missing -> LOG.warn("The {}", missing.line()));
    }
    return new Preflight(config, layout, model, text, parse(text), active, backend);
  }

  /**
   * The device of the run's engines. An accelerator of a cluster is looked for where it is to be:
   * executors that lack it say so, and the driver need not have it.
   */
  private static DeviceBackend device(DrexConfig config, SparkConf conf) {
    String name = config.value(ConfigKeys.DEVICE);
    DeviceBackend named = known(name);
    if (!named.isAccelerator() || Masters.isLocal(conf)) {
      return backend(name);
    }
    Masters.requireOneGpu(conf);
    return named;
  }

  /**
   * Whether executors must be asked what the device computes with: GPUs of different generations
   * give different bits, and the driver's own, if it has one, is none of the run's.
   */
  boolean asksExecutors(SparkConf conf) {
    return device.isAccelerator() && !Masters.isLocal(conf);
  }

  /** The same when an executor has told what its device computes with. */
  Preflight on(String implementation) {
    return new Preflight(
        config,
        layout,
        model,
        templateText,
        template,
        activeRamps,
        new ClusterDevice(device, implementation));
  }

  /** What the device will compute with. */
  public String implementation() {
    return device.implementation();
  }

  /** Whether confidences and lengths are made up. */
  public boolean isSynthetic() {
    return device.isSynthetic();
  }

  /** Longest sequence, prompt and completion together. */
  int longest() {
    int asked = config.value(ConfigKeys.MAX_SEQUENCE_TOKENS);
    return asked == 0 ? model.loaded().spec().maxPositions() : asked;
  }

  /** What the results depend on. */
  public Fingerprint fingerprint() {
    Map<String, String> parts = new TreeMap<>();
    parts.put("build", Build.version());
    parts.put("device.implementation", implementation());
    parts.put("device.kvFill", config.value(ConfigKeys.KV_FILL));
    parts.put("device.kvType", model.loaded().kvType().name().toLowerCase(Locale.ROOT));
    parts.put("device.weightType", device.weights(model.loaded()).types());
    parts.put("model.sha256", model.loaded().contentHash());
    parts.put("model.tokenizer", fileHash(model.folder().resolve("tokenizer.json")));
    parts.put("policy", config.value(ConfigKeys.POLICY));
    parts.put(
        "policy.ramps",
        activeRamps.stream()
            .map(ramp -> ramp.depth() + " " + ramp.metric().text() + " " + ramp.threshold())
            .collect(Collectors.joining("; ")));
    parts.putAll(SamplingParts.of(config));
    parts.put("sampling.maxSequenceTokens", Integer.toString(longest()));
    parts.put("template", templateText);
    return new Fingerprint(parts);
  }

  private static String fileHash(Path file) {
    try {
      return Sha256.hex(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new JobException(ExitCode.ENGINE, file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The template that the configuration names, or else the model's.
   *
   * @throws JobException USAGE if there is none, or it is malformed
   */
  public static PromptTemplate template(
      DrexConfig config, DriverModel model, Configuration hadoop) {
    return parse(templateText(givenTemplate(config, hadoop), model));
  }

  private static String templateText(Optional<String> given, DriverModel model) {
    return given.or(model::template).orElseThrow(Preflight::noTemplate);
  }

  private static Optional<String> givenTemplate(DrexConfig config, Configuration hadoop) {
    Optional<String> file = config.optional(ConfigKeys.TEMPLATE);
    Optional<String> text = config.optional(ConfigKeys.PROMPT);
    if (file.isPresent() && text.isPresent()) {
      throw new JobException(ExitCode.USAGE, "give --template or --prompt, not both");
    }
    if (file.isEmpty()) {
      return text;
    }
    try {
      return Optional.of(TextFile.template(TextFile.read(file.get(), hadoop)));
    } catch (IOException e) {
      throw new JobException(
          ExitCode.USAGE, "--template " + file.get() + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static PromptTemplate parse(String text) {
    try {
      return PromptTemplate.parse(text);
    } catch (IllegalArgumentException e) {
      throw new JobException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private static JobException noTemplate() {
    return new JobException(
        ExitCode.USAGE,
        "the model brings no prompt template; give --template file, or --prompt text such as"
            + " '{column}'");
  }

  /** What is to be known before the run's figures are compared. */
  RunLabels labels() {
    boolean isScheduleDependent =
        exitPolicy(config).isScheduleDependent() || device.isScheduleDependent();
    return new RunLabels(isScheduleDependent, isSynthetic());
  }

  private static ExitPolicy exitPolicy(DrexConfig config) {
    try {
      return Presets.exitPolicy(config.value(ConfigKeys.POLICY));
    } catch (IllegalArgumentException e) {
      throw new JobException(ExitCode.USAGE, "--policy: " + e.getMessage(), e);
    }
  }

  /**
   * The backend of {@code --device}.
   *
   * @throws JobException USAGE if there is no such device; ENGINE if it cannot run here
   */
  public static DeviceBackend backend(String device) {
    known(device);
    try {
      return Backends.select(device);
    } catch (EngineException e) {
      throw new JobException(ExitCode.ENGINE, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The backend of {@code --device}, whether or not it can run here.
   *
   * @throws JobException USAGE if there is no such device
   */
  public static DeviceBackend known(String device) {
    try {
      return Backends.named(device);
    } catch (IllegalArgumentException e) {
      throw new JobException(ExitCode.USAGE, "--device: " + e.getMessage(), e);
    }
  }

  private static void checkLongest(DrexConfig config, ModelSpec spec) {
    int asked = config.value(ConfigKeys.MAX_SEQUENCE_TOKENS);
    if (asked > spec.maxPositions()) {
      throw new JobException(
          ExitCode.USAGE,
          "--max-sequence-tokens "
              + asked
              + " is more than the model's own limit of "
              + spec.maxPositions());
    }
  }
}
