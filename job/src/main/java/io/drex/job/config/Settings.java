package io.drex.job.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.storage.JsonFile;
import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.conf.KeyNames;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * What a user wrote, place by place. Precedence: options, then {@code --set}, then {@code
 * --config}, then {@code spark.drex.*}, then defaults.
 *
 * @param spark {@code spark.drex.*} entries of the submit command, properties file or session
 * @param file of {@code --config}; null if there is none
 * @param sets {@code key=value} texts of {@code --set}; a later one wins
 * @param options values by Spark key
 */
public record Settings(
    Map<String, String> spark,
    @Nullable String file,
    List<String> sets,
    Map<String, String> options) {

  /**
   * Merges and validates.
   *
   * @throws ConfigException naming the key (the nearest known one if it is unknown), the value and
   *     what is allowed
   */
  public DrexConfig resolve(Configuration hadoop) {
    Map<String, String> entries = new TreeMap<>(spark);
    if (file != null) {
      entries.putAll(ConfigFile.read(file, hadoop));
    }
    for (String set : sets) {
      int equals = set.indexOf('=');
      if (equals < 0) {
        throw new ConfigException("--set needs key=value, not '" + set + "'");
      }
      entries.put(
          KeyNames.byName(set.substring(0, equals).strip()).sparkKey(), set.substring(equals + 1));
    }
    entries.putAll(options);
    entries.forEach(Settings::refuseLogin);
    return DrexConfig.of(entries);
  }

  /** Spark would show it in its plans, whatever it is told to hide. */
  private static void refuseLogin(String sparkKey, String value) {
    boolean free = sparkKey.equals(ConfigKeys.PROMPT.sparkKey());
    if (!free && Secrets.holdsLogin(value)) {
      throw new ConfigException(
          sparkKey
              + " has a user and a password in the URI "
              + Secrets.mask(value)
              + "; give them to the file system, for S3 by the environment, a credentials provider"
              + " or fs.s3a.* entries of a properties file that others cannot read");
    }
  }

  /** The configuration with its defaults as a file for {@code --config}, without secrets. */
  public static ObjectNode json(DrexConfig config) {
    ObjectNode json = JsonFile.mapper().createObjectNode();
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      String text = config.entries().getOrDefault(key.sparkKey(), key.defaultText());
      if (text != null) {
        json.put(key.name(), Secrets.mask(text));
      }
    }
    return json;
  }
}
