package io.drex.job.output;

import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.util.Locale;

/** What a run does about results that an output already holds. */
public enum OutputMode {
  /** Keeps them and computes what is missing. */
  RESUME,
  /** Removes them once the input is checked. */
  OVERWRITE,
  /** Refuses to start. */
  ERROR;

  /** The mode of {@code --mode}. */
  public static OutputMode of(DrexConfig config) {
    return valueOf(config.value(ConfigKeys.MODE).toUpperCase(Locale.ROOT));
  }
}
