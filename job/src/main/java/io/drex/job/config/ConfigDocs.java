package io.drex.job.config;

import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;

/** Writes {@code docs/configuration.md} from the registry. */
final class ConfigDocs {
  private static final String HEAD =
      """
      # Configuration

      <!-- Generated from io.drex.spark.conf.ConfigKeys; rewrite with
      mvn -B -pl job -am test -Dtest=ConfigDocsTest -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.update=true -->

      Every setting is an option of the command line, a key of the `--config` file and of `--set`, and a
      `spark.drex.*` entry. Command line > `--set` > `--config` > `spark.drex.*` > default. An unknown name is an
      error. `--print-config` shows the result.
      """;

  private ConfigDocs() {}

  static String markdown() {
    StringBuilder page = new StringBuilder(HEAD);
    String group = "";
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      if (!key.group().equals(group)) {
        group = key.group();
        page.append("\n## `spark.drex.").append(group).append(".*`\n\n");
        page.append("| option | key | default | allowed | meaning |\n|---|---|---|---|---|\n");
      }
      page.append("| `").append(key.option()).append("` | `").append(key.name()).append("` | ");
      page.append(fallback(key)).append(" | ").append(key.allowed()).append(" | ");
      page.append(key.doc()).append(" |\n");
    }
    return page.toString();
  }

  private static String fallback(ConfigKey<?> key) {
    String text = key.defaultText();
    return text == null || text.isEmpty() ? "–" : "`" + text + "`";
  }
}
