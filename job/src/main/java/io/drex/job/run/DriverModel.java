package io.drex.job.run;

import io.drex.job.storage.TextFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.LoadedModel;
import io.drex.model.ModelException;
import io.drex.model.RampFile;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.model.ModelCache;
import io.drex.spark.model.StagedModel;
import io.drex.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * The model as the driver sees it: staged, validated, its weights mapped but not copied.
 *
 * @param folder its files on this host
 * @param loaded with the ramps that the run uses
 * @param rampFile where they come from; without ramps if the model has none
 */
public record DriverModel(Path folder, LoadedModel loaded, RampFile rampFile) {
  /** The template that a model was trained with, in its folder. */
  private static final String TEMPLATE_FILE = "prompt-template.txt";

  /**
   * Stages and validates the model that the configuration names.
   *
   * @throws JobException ENGINE if it cannot be used; USAGE if the ramp file is wrong
   */
  public static DriverModel load(DrexConfig config, Configuration hadoop) {
    String name = config.value(ConfigKeys.MODEL);
    Optional<String> ramps = config.optional(ConfigKeys.RAMPS);
    StagedModel staged;
    LoadedModel loaded;
    RampFile rampFile;
    try {
      staged = ModelCache.of(config, hadoop).stage(config);
      loaded = staged.load();
      rampFile = staged.rampFile();
      Tokenizer.open(staged.folder()).requireFits(loaded.spec());
    } catch (ModelException e) {
      String message = String.valueOf(e.getMessage());
      if (ramps.isPresent() && message.contains(ramps.get())) {
        throw new JobException(ExitCode.USAGE, "--ramps: " + message, e);
      }
      throw new JobException(ExitCode.ENGINE, "--model " + name + ": " + message, e);
    }
    return new DriverModel(staged.folder(), loaded, rampFile);
  }

  /** The prompt template that the model brings. */
  public Optional<String> template() {
    Path file = folder.resolve(TEMPLATE_FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(TextFile.template(Files.readString(file)));
    } catch (IOException e) {
      throw new JobException(ExitCode.ENGINE, file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
