package io.drex.spark.conf;

import io.drex.model.RampSpec;
import java.util.Locale;

/** A threshold as users write it; which numbers are legal, the ramps' metrics say. */
final class ThresholdOption {
  private static final String OFF = "off";

  private ThresholdOption() {}

  /**
   * @throws IllegalArgumentException if it is neither {@code off} nor a finite number
   */
  static Float parse(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.equals(OFF)) {
      return RampSpec.OFF;
    }
    float value = Float.parseFloat(word);
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException(text);
    }
    return value;
  }
}
