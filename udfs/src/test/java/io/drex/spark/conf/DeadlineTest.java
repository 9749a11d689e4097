package io.drex.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {
  private static final Instant START = Instant.parse("2030-01-31T04:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "2h, 2030-01-31T06:00:00Z",
    "1H30m, 2030-01-31T05:30:00Z",
    "90s, 2030-01-31T04:01:30Z",
    "pt5m, 2030-01-31T04:05:00Z",
    "2030-01-31T06:00:00Z, 2030-01-31T06:00:00Z",
    "2030-01-31t03:59:00z, 2030-01-31T03:59:00Z",
  })
  void isATimeOrAMoment(String text, Instant deadline) {
    assertThat(Deadline.parse(text).of(START)).isEqualTo(deadline);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "-1h", "0s", "tomorrow", "2030-01-31", "2030-01-31T06:00"})
  void isRefusedWithItsForm(String text) {
    Map<String, String> entries = Map.of("spark.drex.run.deadline", text);
    assertThatThrownBy(() -> DrexConfig.of(entries))
        .hasMessage(
            "--deadline (spark.drex.run.deadline) must be a time such as 2h30m or 90s, or a moment"
                + " such as 2030-01-31T06:00:00Z, not '"
                + text
                + "'");
  }

  @Test
  void thereIsNoneByDefault() {
    assertThat(DrexConfig.of(Map.of()).optional(ConfigKeys.DEADLINE)).isEmpty();
  }
}
