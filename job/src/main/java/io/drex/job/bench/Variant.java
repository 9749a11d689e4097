package io.drex.job.bench;

import io.drex.device.KvFill;
import io.drex.engine.SamplingParams;
import java.util.Locale;

/**
 * What measured runs differ in.
 *
 * @param policy one of {@link io.drex.policy.Presets}
 * @param exitThreshold of all ramps; {@link SamplingParams#RAMPS_OWN} leaves them as they are
 */
record Variant(String policy, float exitThreshold, KvFill kvFill) {

  /** A policy with the model's own thresholds and the default KV method. */
  static Variant of(String policy) {
    return new Variant(policy, SamplingParams.RAMPS_OWN, KvFill.MAP);
  }

  /** The thresholds for people. */
  String thresholds() {
    return Float.isNaN(exitThreshold) ? "the model's own" : Float.toString(exitThreshold);
  }

  /** The KV method's name. */
  String kvFillText() {
    return kvFill.name().toLowerCase(Locale.ROOT);
  }
}
