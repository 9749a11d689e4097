package io.drex.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DrexConfigTest {

  @Test
  void readsSparkEntriesAndDefaults() {
    DrexConfig config = DrexConfig.of(Map.of("spark.drex.engine.slots", "7", "spark.master", "x"));

    assertThat(config.value(ConfigKeys.SLOTS)).isEqualTo(7);
    assertThat(config.value(ConfigKeys.MAX_PREFILL_TOKENS)).isEqualTo(256);
    assertThat(config.optional(ConfigKeys.MODEL)).isEmpty();
    assertThat(config.entries()).containsOnlyKeys("spark.drex.engine.slots");
  }

  @Test
  void blanksAroundAValueCountInThePromptOnly() {
    DrexConfig config =
        DrexConfig.of(
            Map.of(
                "spark.drex.input.prompt", "{a}\nAnswer: ",
                "spark.drex.model.model", " bundled: ",
                "spark.drex.engine.slots", " 7 ",
                "spark.drex.engine.kvFill", " Copy ",
                "spark.drex.run.maxErrorRate", " 0.5 ",
                "spark.drex.output.final", " true "));

    assertThat(config.value(ConfigKeys.PROMPT)).isEqualTo("{a}\nAnswer: ");
    assertThat(config.value(ConfigKeys.MODEL)).isEqualTo("bundled:");
    assertThat(config.value(ConfigKeys.SLOTS)).isEqualTo(7);
    assertThat(config.value(ConfigKeys.KV_FILL)).isEqualTo("copy");
    assertThat(config.value(ConfigKeys.MAX_ERROR_RATE)).isEqualTo(0.5);
    assertThat(config.value(ConfigKeys.FINAL)).isTrue();
  }

  @Test
  void namesTheNearestKeyOfAnUnknownOne() {
    assertThatThrownBy(() -> DrexConfig.of(Map.of("spark.drex.engine.slot", "7")))
        .hasMessage(
            "unknown configuration key 'spark.drex.engine.slot'; did you mean"
                + " 'spark.drex.engine.slots'?");
  }

  @Test
  void saysWhatIsAllowed() {
    assertThatThrownBy(() -> DrexConfig.of(Map.of("spark.drex.engine.slots", "0")))
        .hasMessage(
            "--slots (spark.drex.engine.slots) must be a whole number in [1, 65536], not '0'");
    assertThatThrownBy(() -> DrexConfig.of(Map.of("spark.drex.engine.kvFill", "none")))
        .hasMessage(
            "--kv-fill (spark.drex.engine.kvFill) must be map, copy, propagate,"
                + " recompute, not 'none'");
  }

  @Test
  void saysWhichKeyIsRequired() {
    assertThatThrownBy(() -> DrexConfig.of(Map.of()).value(ConfigKeys.INPUT))
        .hasMessage("--input (spark.drex.input.input) is required");
  }

  @Test
  void everyDefaultIsAllowed() {
    DrexConfig config = DrexConfig.of(Map.of());
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      assertThat(config.optional(key).isPresent()).isEqualTo(key.defaultText() != null);
    }
  }
}
