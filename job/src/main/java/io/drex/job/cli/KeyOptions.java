package io.drex.job.cli;

import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.ConfigKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Turns keys of the registry into options, and parsed options back into entries. */
final class KeyOptions {
  private KeyOptions() {}

  /** Adds one option per key, under one heading per group of keys. */
  static void add(CommandSpec command, List<ConfigKey<?>> keys) {
    Map<String, ArgGroupSpec.Builder> groups = new LinkedHashMap<>();
    for (ConfigKey<?> key : keys) {
      groups.computeIfAbsent(key.group(), KeyOptions::group).addArg(option(key));
    }
    groups.values().forEach(group -> command.addArgGroup(group.build()));
  }

  /** Values of the options that were given, by Spark key. */
  static Map<String, String> entries(ParseResult parsed, List<ConfigKey<?>> keys) {
    Map<String, String> entries = new LinkedHashMap<>();
    for (ConfigKey<?> key : keys) {
      if (parsed.hasMatchedOption(key.option())) {
        List<String> values = parsed.matchedOption(key.option()).stringValues();
        if (values.size() > 1 && !key.isList()) {
          throw new ConfigException(
              key.option() + " may be given once, not " + values.size() + " times");
        }
        entries.put(key.sparkKey(), String.join(",", values));
      }
    }
    return entries;
  }

  private static ArgGroupSpec.Builder group(String name) {
    return ArgGroupSpec.builder().validate(false).heading("%nspark.drex." + name + ".*%n");
  }

  private static OptionSpec option(ConfigKey<?> key) {
    OptionSpec.Builder option = OptionSpec.builder(key.option()).description(doc(key));
    if (key.isFlag()) {
      return option
          .type(String.class)
          .arity("0..1")
          .fallbackValue("true")
          .paramLabel("true|false")
          .build();
    }
    if (key.isList()) {
      return option
          .type(List.class)
          .auxiliaryTypes(String.class)
          .arity("1")
          .paramLabel("names")
          .build();
    }
    return option.type(String.class).arity("1").paramLabel("value").build();
  }

  private static String[] doc(ConfigKey<?> key) {
    String fallback = key.defaultText();
    String range = key.allowed().equals("text") ? "" : "Allowed: " + key.allowed() + ". ";
    String given = fallback == null || fallback.isEmpty() ? "" : "Default: " + fallback + ".";
    String limits = (range + given).strip();
    return limits.isEmpty() ? new String[] {key.doc()} : new String[] {key.doc(), limits};
  }
}
