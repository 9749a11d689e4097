package io.drex.spark.conf;

import java.util.Comparator;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds keys by the names that users write, and the nearest known name of one that is unknown. */
public final class KeyNames {
  private static final Map<String, ConfigKey<?>> BY_SPARK_KEY = index(ConfigKey::sparkKey);
  private static final Map<String, ConfigKey<?>> BY_NAME = index(ConfigKey::name);

  private KeyNames() {}

  /** The key {@code spark.drex.<group>.<name>}. */
  public static ConfigKey<?> bySparkKey(String sparkKey) {
    return find(BY_SPARK_KEY, sparkKey);
  }

  /** The key of a JSON name, or of a full Spark key. */
  public static ConfigKey<?> byName(String name) {
    return name.startsWith("spark.") ? bySparkKey(name) : find(BY_NAME, name);
  }

  /** The candidate with the fewest edits to {@code wanted}. */
  public static String nearest(String wanted, Iterable<String> candidates) {
    String best = "";
    int fewest = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      int edits = edits(wanted, candidate);
      if (edits < fewest) {
        fewest = edits;
        best = candidate;
      }
    }
    return best;
  }

  private static ConfigKey<?> find(Map<String, ConfigKey<?>> index, String name) {
    ConfigKey<?> key = index.get(name);
    if (key == null) {
      String nearest =
          nearest(name, index.keySet().stream().sorted(Comparator.naturalOrder())::iterator);
      throw new ConfigException(
          "unknown configuration key '" + name + "'; did you mean '" + nearest + "'?");
    }
    return key;
  }

  private static Map<String, ConfigKey<?>> index(Function<ConfigKey<?>, String> name) {
    return ConfigKeys.ALL.stream().collect(Collectors.toUnmodifiableMap(name, Function.identity()));
  }

  /** Levenshtein distance. */
  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int swap = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(swap, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
