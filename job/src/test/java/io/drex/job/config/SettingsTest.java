package io.drex.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static final Map<String, String> SPARK =
      Map.of("spark.drex.engine.slots", "1", "spark.drex.engine.threads", "1");

  @TempDir Path folder;

  @Test
  void defaultsStandLast() {
    assertThat(settings(null, List.of(), Map.of()).value(ConfigKeys.SLOTS)).isEqualTo(1);
    assertThat(settings(null, List.of(), Map.of()).value(ConfigKeys.POLICY)).isEqualTo("rebatch");
  }

  @Test
  void theFileBeatsSparkEntries() throws IOException {
    String file = file("{\"slots\": 2, \"spark.drex.engine.policy\": \"full_depth\"}");
    DrexConfig config = settings(file, List.of(), Map.of());

    assertThat(config.value(ConfigKeys.SLOTS)).isEqualTo(2);
    assertThat(config.value(ConfigKeys.THREADS)).isEqualTo(1);
    assertThat(config.value(ConfigKeys.POLICY)).isEqualTo("full_depth");
  }

  @Test
  void passwordsInUrisAreRefusedAndNotShown() {
    Map<String, String> options =
        Map.of(ConfigKeys.OUTPUT.sparkKey(), "s3a://id:c4n4ry@bucket/out");
    assertThatThrownBy(() -> settings(null, List.of(), options))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("spark.drex.output.output has a user and a password")
        .hasMessageContaining("s3a://***@bucket/out")
        .hasMessageContaining("credentials provider")
        .hasMessageNotContaining("c4n4ry");
  }

  @Test
  void setBeatsTheFileAndOptionsBeatAll() throws IOException {
    String file = file("{\"slots\": 2, \"threads\": 2, \"keep\": [\"a\", \"b\"]}");
    DrexConfig config =
        settings(
            file,
            List.of("slots=3", "threads=3"),
            Map.of(ConfigKeys.SLOTS.sparkKey(), "4", ConfigKeys.FINAL.sparkKey(), "true"));

    assertThat(config.value(ConfigKeys.SLOTS)).isEqualTo(4);
    assertThat(config.value(ConfigKeys.THREADS)).isEqualTo(3);
    assertThat(config.value(ConfigKeys.KEEP)).containsExactly("a", "b");
    assertThat(config.value(ConfigKeys.FINAL)).isTrue();
  }

  @Test
  void namesFileAndNearestKeyOfAnUnknownOne() throws IOException {
    String file = file("{\"slot\": 2}");

    assertThatThrownBy(() -> settings(file, List.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "--config " + file + ": unknown configuration key 'slot'; did you mean 'slots'?");
  }

  @Test
  void refusesAFileThatIsNoFlatObject() throws IOException {
    String broken = file("{\"slots\": ");
    assertThatThrownBy(() -> settings(broken, List.of(), Map.of()))
        .hasMessageContaining("is not valid JSON")
        .hasMessageContaining("line 1");
    String nested = file("{\"slots\": {\"engine\": 1}}");
    assertThatThrownBy(() -> settings(nested, List.of(), Map.of()))
        .hasMessageContaining("'slots' must be a text, a number, true or false");
    String missing = folder.resolve("none.json").toString();
    assertThatThrownBy(() -> settings(missing, List.of(), Map.of()))
        .hasMessageContaining("--config " + missing + " cannot be read");
  }

  @Test
  void refusesTheSameKeyUnderTwoNames() throws IOException {
    String file = file("{\"slots\": 2, \"spark.drex.engine.slots\": 3}");

    assertThatThrownBy(() -> settings(file, List.of(), Map.of()))
        .hasMessage("--config " + file + " sets 'slots' twice");
  }

  @Test
  void setNeedsKeyAndValue() {
    assertThatThrownBy(() -> settings(null, List.of("slots"), Map.of()))
        .hasMessage("--set needs key=value, not 'slots'");
  }

  @Test
  void printsAFileThatGivesTheSameConfiguration() throws IOException {
    DrexConfig config =
        settings(null, List.of("idCol=a,b", "model=s3a://bucket/m?sig=secret"), Map.of());
    String printed = Settings.json(config).toPrettyString();

    assertThat(printed).contains("\"model\" : \"s3a://bucket/m?sig=***\"").doesNotContain("secret");
    DrexConfig again = new Settings(Map.of(), file(printed), List.of(), Map.of()).resolve(hadoop());
    assertThat(again.value(ConfigKeys.ID_COL)).containsExactly("a", "b");
    assertThat(again.value(ConfigKeys.SLOTS)).isEqualTo(1);
  }

  private static DrexConfig settings(
      @org.jspecify.annotations.Nullable String file,
      List<String> sets,
      Map<String, String> options) {
    return new Settings(SPARK, file, sets, options).resolve(hadoop());
  }

  private static Configuration hadoop() {
    return new Configuration();
  }

  private String file(String json) throws IOException {
    return Files.writeString(folder.resolve("job.json"), json).toString();
  }
}
