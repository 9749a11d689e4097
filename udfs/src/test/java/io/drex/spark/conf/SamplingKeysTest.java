package io.drex.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.model.RampSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingKeysTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "temperature|-0.1|a number in [0, 100]",
        "temperature|NaN|a number in [0, 100]",
        "topK|-1|a whole number of at least 0",
        "topP|0|a number in (0, 1]",
        "topP|1.5|a number in (0, 1]",
        "minP|1.5|a number in [0, 1]",
        "repetitionPenalty|0|a number in [0.1, 10]",
        "seed|x|a whole number",
        "stop|[1|a text, or a JSON array of texts",
        "stop|[null]|a text, or a JSON array of texts",
        "exitThreshold|NaN|a number within the ramps' metrics, or off",
        "exitThreshold|on|a number within the ramps' metrics, or off",
      })
  void refusesWhatIsOutOfRange(String name, String value, String allowed) {
    ConfigKey<?> key = KeyNames.bySparkKey("spark.drex.sampling." + name);
    assertThatThrownBy(() -> key.parse(value))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            key.option()
                + " (spark.drex.sampling."
                + name
                + ") must be "
                + allowed
                + ", not '"
                + value
                + "'");
  }

  @Test
  void defaultsAreGreedy() {
    assertThat(ConfigKeys.TEMPERATURE.defaultText()).isEqualTo("0");
    assertThat(ConfigKeys.TOP_P.defaultText()).isEqualTo("1");
    assertThat(ConfigKeys.REPETITION_PENALTY.defaultText()).isEqualTo("1");
  }

  @Test
  void stopIsOneTextToTheLetterOrSeveralInJson() {
    assertThat(ConfigKeys.STOP.parse(" a, b\\n")).isEqualTo(List.of(" a, b\\n"));
    assertThat(ConfigKeys.STOP.parse("[\"\\n\\n\", \"[\", \",\"]"))
        .isEqualTo(List.of("\n\n", "[", ","));
  }

  @Test
  void aThresholdMayBeOff() {
    assertThat(ConfigKeys.EXIT_THRESHOLD.parse(" OFF ")).isEqualTo(RampSpec.OFF);
    assertThat(ConfigKeys.EXIT_THRESHOLD.parse("-0.5")).isEqualTo(-0.5f);
  }
}
