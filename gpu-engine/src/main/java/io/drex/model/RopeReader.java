package io.drex.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the rotary embedding of {@code config.json}: {@code rope_theta} and {@code rope_scaling},
 * or, as newer files have it, both in {@code rope_parameters}. What is not understood is refused.
 */
final class RopeReader {
  private static final String NEWER = "rope_parameters";
  private static final String OLDER = "rope_scaling";
  private static final String TYPE = "rope_type";
  private static final String OLD_TYPE = "type";
  private static final String THETA = "rope_theta";
  private static final String PART = "partial_rotary_factor";
  private static final String FACTOR = "factor";
  private static final String LOW = "low_freq_factor";
  private static final String HIGH = "high_freq_factor";
  private static final String ORIGINAL = "original_max_position_embeddings";

  private static final Set<String> COMMON = Set.of(TYPE, OLD_TYPE, THETA, PART);
  private static final List<String> LLAMA3 = List.of(FACTOR, LOW, HIGH, ORIGINAL);

  private static final double FALLBACK_THETA = 10_000;
  private static final int MAX_POSITIONS = 1 << 26;

  private final KeyReader keys;

  /**
   * @param keys of the whole file
   */
  RopeReader(KeyReader keys) {
    this.keys = keys;
  }

  RopeSpec read() {
    double theta = keys.positive(THETA, FALLBACK_THETA);
    KeyReader newer = keys.object(NEWER);
    KeyReader older = keys.object(OLDER);
    if (newer != null && older != null) {
      keys.wrong(OLDER, "there is " + NEWER + " too; keep one of the two");
    }
    KeyReader rope = newer != null ? newer : older;
    return rope == null
        ? RopeSpec.plain(theta)
        : new RopeSpec(rope.positive(THETA, theta), scaling(rope));
  }

  private static RopeScaling scaling(KeyReader rope) {
    if (rope.positive(PART, 1) != 1) {
      rope.wrong(PART, "not supported; only 1, the whole head");
    }
    JsonNode named = rope.value(TYPE) == null ? rope.value(OLD_TYPE) : rope.value(TYPE);
    String type = named == null ? "default" : named.asText();
    JsonNode other = rope.value(OLD_TYPE);
    if (other != null && !other.asText().equals(type)) {
      rope.wrong(OLD_TYPE, other + " is not the " + TYPE + " \"" + type + "\"");
    }
    switch (type) {
      case "default" -> {
        refuseOthers(rope, Set.of(), type);
        return new RopeScaling.None();
      }
      case "llama3" -> {
        refuseOthers(rope, new HashSet<>(LLAMA3), type);
        return llama3(rope);
      }
      default -> {
        rope.wrong(
            named == rope.value(TYPE) ? TYPE : OLD_TYPE,
            named + " is not supported; only \"default\" and \"llama3\"");
        return new RopeScaling.None();
      }
    }
  }

  private static RopeScaling llama3(KeyReader rope) {
    double factor = rope.positive(FACTOR);
    double low = rope.positive(LOW);
    double high = rope.positive(HIGH);
    int original = rope.integer(ORIGINAL, 1, MAX_POSITIONS);
    if (rope.sound(FACTOR) && factor < 1) {
      rope.wrong(FACTOR, factor + " is less than 1");
    }
    if (rope.sound(LOW, HIGH) && high <= low) {
      rope.wrong(HIGH, high + " is not above " + LOW + " " + low);
    }
    return new RopeScaling.Llama3(factor, low, high, original);
  }

  private static void refuseOthers(KeyReader rope, Set<String> known, String type) {
    for (String name : rope.names()) {
      if (!COMMON.contains(name) && !known.contains(name)) {
        rope.wrong(name, "not a setting that is supported with the " + TYPE + " \"" + type + "\"");
      }
    }
  }
}
