package io.drex.spark.engine;

import io.drex.device.KvFill;
import io.drex.device.PrefixSharing;
import io.drex.engine.EngineOptions;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.util.Locale;

/** Engine options of a configuration. */
public final class EngineSettings {
  private EngineSettings() {}

  /**
   * The options.
   *
   * @param cores threads of a CPU engine where the configuration names no number
   */
  public static EngineOptions options(DrexConfig config, int cores) {
    int threads = config.value(ConfigKeys.THREADS);
    return new EngineOptions(
        config.value(ConfigKeys.DEVICE),
        config.value(ConfigKeys.POLICY),
        kvFill(config),
        config.value(ConfigKeys.SLOTS),
        config.value(ConfigKeys.MAX_PREFILL_TOKENS),
        config.value(ConfigKeys.MAX_SEQUENCE_TOKENS),
        config.value(ConfigKeys.KV_TOKENS),
        config.value(ConfigKeys.DEEP_KV_TOKENS),
        config.value(ConfigKeys.EXPECTED_NEW_TOKENS),
        PrefixSharing.valueOf(config.value(ConfigKeys.PREFIX_SHARING).toUpperCase(Locale.ROOT)),
        config.value(ConfigKeys.FLUSH_ROWS),
        config.value(ConfigKeys.MAX_BUFFER_AGE_STEPS),
        config.value(ConfigKeys.BUFFER_AGE_FACTOR),
        threads == 0 ? cores : threads,
        config.value(ConfigKeys.MAILBOX_TOKENS),
        config.value(ConfigKeys.MEASURE_MILLIS),
        config.value(ConfigKeys.COST_TABLE),
        config.value(ConfigKeys.WATCHDOG_SECONDS));
  }

  /** The KV method. */
  public static KvFill kvFill(DrexConfig config) {
    return KvFill.valueOf(config.value(ConfigKeys.KV_FILL).toUpperCase(Locale.ROOT));
  }
}
