package io.drex.job.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.drex.job.storage.JsonFile;
import io.drex.job.storage.TextFile;
import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.KeyNames;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.hadoop.conf.Configuration;

/**
 * The file of {@code --config}: one flat JSON object of key names or {@code spark.drex.*} names.
 */
final class ConfigFile {
  private ConfigFile() {}

  /**
   * Values by Spark key.
   *
   * @throws ConfigException naming the file and the key
   */
  static Map<String, String> read(String file, Configuration hadoop) {
    JsonNode root;
    try {
      root = JsonFile.mapper().readTree(TextFile.read(file, hadoop));
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          "--config " + file + " is not valid JSON: " + e.getOriginalMessage() + at(e), e);
    } catch (IOException e) {
      throw new ConfigException("--config " + file + " cannot be read: " + e.getMessage(), e);
    }
    if (!root.isObject()) {
      throw new ConfigException("--config " + file + " must hold a JSON object of key: value");
    }
    Map<String, String> entries = new LinkedHashMap<>();
    root.properties().forEach(field -> add(file, field.getKey(), field.getValue(), entries));
    return entries;
  }

  private static void add(String file, String name, JsonNode value, Map<String, String> entries) {
    ConfigKey<?> key;
    try {
      key = KeyNames.byName(name);
    } catch (ConfigException e) {
      throw new ConfigException("--config " + file + ": " + e.getMessage(), e);
    }
    if (entries.putIfAbsent(key.sparkKey(), text(file, name, value)) != null) {
      throw new ConfigException("--config " + file + " sets '" + key.name() + "' twice");
    }
  }

  private static String text(String file, String name, JsonNode value) {
    if (value.isArray()) {
      StringJoiner names = new StringJoiner(",");
      value.forEach(element -> names.add(text(file, name, element)));
      return names.toString();
    }
    if (!value.isValueNode() || value.isNull()) {
      throw new ConfigException(
          "--config "
              + file
              + ": '"
              + name
              + "' must be a text, a number, true or false, or an array of texts");
    }
    return value.asText();
  }

  private static String at(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }
}
