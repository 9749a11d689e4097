package io.drex.job.run;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.ModelException;
import io.drex.model.RampSpec;
import io.drex.spark.RowOption;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/** What of the sampling options only the model can tell, before any cluster time is spent. */
final class SamplingCheck {
  private SamplingCheck() {}

  /**
   * @throws JobException USAGE if a column of {@code --option-cols} is named like no option
   */
  static void requireOptionColumns(DrexConfig config) {
    try {
      config.value(ConfigKeys.OPTION_COLS).forEach(RowOption::ofColumn);
    } catch (IllegalArgumentException e) {
      throw usage("--option-cols: " + e.getMessage(), e);
    }
  }

  /**
   * @param ramps those that are read
   * @throws JobException USAGE if a stop string or the threshold is not legal for the model
   */
  static void require(DrexConfig config, List<RampSpec> ramps, Path modelFolder) {
    config.optional(ConfigKeys.EXIT_THRESHOLD).ifPresent(value -> requireLegal(value, ramps));
    config.optional(ConfigKeys.STOP).ifPresent(strings -> requireStops(strings, modelFolder));
  }

  private static void requireLegal(float threshold, List<RampSpec> ramps) {
    for (RampSpec ramp : ramps) {
      if (threshold != RampSpec.OFF && !ramp.metric().isLegal(threshold)) {
        throw new JobException(
            ExitCode.USAGE,
            "--exit-threshold "
                + threshold
                + " is not "
                + ramp.metric().range()
                + ", as the metric "
                + ramp.metric().text()
                + " of the ramp at depth "
                + ramp.depth()
                + " needs");
      }
    }
  }

  private static void requireStops(List<String> strings, Path modelFolder) {
    try {
      Tokenizer.open(modelFolder).stopStrings(strings);
    } catch (IllegalArgumentException | ModelException e) {
      throw usage("--stop: " + e.getMessage(), e);
    }
  }

  private static JobException usage(String message, RuntimeException cause) {
    return new JobException(ExitCode.USAGE, message, cause);
  }
}
