package io.drex.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of one JSON object and notes each wrong one. A wrong value reads as the smallest
 * legal one, so that reading goes on; {@link #sound} tells whether values may be compared.
 */
final class KeyReader {
  private final ObjectNode node;
  private final String file;
  private final String path; // of the object in the file, with a dot at its end
  private final Problems problems;
  private final Set<String> wrong = new HashSet<>();

  KeyReader(ObjectNode node, String file, Problems problems) {
    this(node, file, "", problems);
  }

  private KeyReader(ObjectNode node, String file, String path, Problems problems) {
    this.node = node;
    this.file = file;
    this.path = path;
    this.problems = problems;
  }

  /** Reads the object under {@code key}; null where it is absent, null, or noted as no object. */
  @Nullable KeyReader object(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return null;
    }
    if (!(value instanceof ObjectNode object)) {
      wrong(key, value + " is not an object");
      return null;
    }
    return new KeyReader(object, file, path + key + ".", problems);
  }

  /** The names of all keys whose value is not null, in the file's order. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names.stream().filter(name -> value(name) != null).toList();
  }

  /** Whether the key is there, be it with the value null. */
  boolean has(String key) {
    return node.has(key);
  }

  /** The value, or null where the key is absent or null. */
  @Nullable JsonNode value(String key) {
    JsonNode value = node.get(key);
    return value == null || value.isNull() ? null : value;
  }

  /** A required integer in [min, max]. */
  int integer(String key, int min, int max) {
    JsonNode value = value(key);
    if (value == null) {
      wrong(key, "missing");
      return min;
    }
    return inRange(key, value, min, max);
  }

  /** An integer in [min, max], or {@code fallback} where absent. */
  int integer(String key, int min, int max, int fallback) {
    JsonNode value = value(key);
    return value == null ? fallback : inRange(key, value, min, max);
  }

  /** A required finite number above zero. */
  double positive(String key) {
    if (value(key) == null) {
      wrong(key, "missing");
    }
    return positive(key, 1);
  }

  /** A finite number above zero, or {@code fallback} where absent. */
  double positive(String key, double fallback) {
    JsonNode value = value(key);
    if (value == null) {
      return fallback;
    }
    double number = value.doubleValue();
    if (!value.isNumber() || !(number > 0) || Double.isInfinite(number)) {
      wrong(key, value + " is not a number above 0");
      return fallback;
    }
    return number;
  }

  /** True or false, or {@code fallback} where absent. */
  boolean flag(String key, boolean fallback) {
    JsonNode value = value(key);
    if (value == null) {
      return fallback;
    }
    if (!value.isBoolean()) {
      wrong(key, value + " is not true or false");
      return fallback;
    }
    return value.booleanValue();
  }

  /** Notes the key as wrong. */
  void wrong(String key, String what) {
    wrong.add(key);
    problems.add(file, path + key, what);
  }

  /** Whether none of these keys was noted as wrong. */
  boolean sound(String... keys) {
    return Arrays.stream(keys).noneMatch(wrong::contains);
  }

  private int inRange(String key, JsonNode value, int min, int max) {
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < min
        || value.longValue() > max) {
      wrong(key, value + " is not an integer in [" + min + ", " + max + "]");
      return min;
    }
    return value.intValue();
  }
}
