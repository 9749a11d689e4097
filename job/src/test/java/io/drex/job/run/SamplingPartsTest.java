package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.spark.conf.DrexConfig;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplingPartsTest {
  private static final String COLUMNS = "spark.drex.input.optionCols";

  @Test
  void whenRowsRunIsNoPartOfTheFingerprint() {
    assertThat(parts(Map.of("spark.drex.run.rowDeadlineMillis", "5", COLUMNS, "priority")))
        .isEqualTo(parts(Map.of()));
    assertThat(parts(Map.of(COLUMNS, "priority,top_k")))
        .isEqualTo(parts(Map.of(COLUMNS, "top_k")))
        .containsEntry("sampling.optionColumns", "top_k");
  }

  private static Map<String, String> parts(Map<String, String> entries) {
    return SamplingParts.of(DrexConfig.of(new HashMap<>(entries)));
  }
}
