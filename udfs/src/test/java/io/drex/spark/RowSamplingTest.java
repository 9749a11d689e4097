package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.Sampling;
import io.drex.engine.SamplingParams;
import io.drex.engine.Urgency;
import io.drex.model.RampSpec;
import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.DrexConfig;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class RowSamplingTest {
  private static final String SAMPLING = "spark.drex.sampling.";
  private static final String COLUMNS = "spark.drex.input.optionCols";

  @Test
  void rowsTakeTheRunsOptions() {
    SamplingParams params =
        sampling(
                Map.of(
                    SAMPLING + "maxNewTokens", "7",
                    SAMPLING + "temperature", "0.5",
                    SAMPLING + "topK", "9",
                    SAMPLING + "topP", "0.75",
                    SAMPLING + "minP", "0.25",
                    SAMPLING + "repetitionPenalty", "1.5",
                    SAMPLING + "seed", "3",
                    SAMPLING + "exitThreshold", "0.875"))
            .of(RowFactory.create(new byte[32], "a"), "a");
    assertThat(params.maxNewTokens()).isEqualTo(7);
    assertThat(params.sampling()).isEqualTo(new Sampling(.5f, 9, .75f, .25f, 1.5f));
    assertThat(params.seed()).isEqualTo(RowSeed.of(3, "a"));
    assertThat(params.exitThreshold()).isEqualTo(.875f);
  }

  @Test
  void rowsAreGreedyWithTheRampsThresholdsUnlessToldOtherwise() {
    assertThat(sampling(Map.of()).of(RowFactory.create(new byte[32], "a"), "a"))
        .isEqualTo(new SamplingParams(128));
  }

  @Test
  void aRowsOwnOptionsReplaceTheRunsAndNullLeavesThem() {
    RowSampling sampling =
        sampling(
            Map.of(
                SAMPLING + "temperature",
                "0.5",
                COLUMNS,
                "temperature, exit_threshold,max_new_tokens"));
    SamplingParams own = sampling.of(RowFactory.create(null, "a", "1.25", "off", "3"), "a");
    assertThat(own.sampling().temperature()).isEqualTo(1.25f);
    assertThat(own.exitThreshold()).isEqualTo(RampSpec.OFF);
    assertThat(own.maxNewTokens()).isEqualTo(3);
    SamplingParams runs = sampling.of(RowFactory.create(null, "a", null, null, null), "a");
    assertThat(runs.sampling().temperature()).isEqualTo(.5f);
    assertThat(runs.exitThreshold()).isNaN();
    assertThat(runs.maxNewTokens()).isEqualTo(128);
  }

  @Test
  void urgencyIsTheRunsOrTheRowsOwn() {
    RowSampling runs = sampling(Map.of("spark.drex.run.rowDeadlineMillis", "900"));
    assertThat(runs.urgency(RowFactory.create(null, "a"))).isEqualTo(new Urgency(0, 900));
    RowSampling own = sampling(Map.of(COLUMNS, "priority,row_deadline_millis"));
    assertThat(own.urgency(RowFactory.create(null, "a", "-3", "250")))
        .isEqualTo(new Urgency(-3, 250));
    assertThat(own.urgency(RowFactory.create(null, "a", null, null))).isEqualTo(Urgency.USUAL);
    assertThatThrownBy(() -> own.urgency(RowFactory.create(null, "a", "high", null)))
        .hasMessage("column priority must be a whole number in [-1000, 1000] or null");
  }

  @Test
  void onlyUrgencyChangesNoResults() {
    assertThat(Arrays.stream(RowOption.values()).filter(option -> !option.changesResults()))
        .containsExactly(RowOption.PRIORITY, RowOption.ROW_DEADLINE_MILLIS);
  }

  @Test
  void aWrongOptionIsNamedWithItsRangeAndNotWithItsText() {
    RowSampling sampling = sampling(Map.of(COLUMNS, "top_p"));
    for (String wrong : List.of("0", "1.1", "NaN", "my secret", "")) {
      assertThatThrownBy(() -> sampling.of(RowFactory.create(null, "a", wrong), "a"))
          .isInstanceOf(ConfigException.class)
          .hasMessage("column top_p must be a number in (0, 1] or null");
    }
  }

  @Test
  void columnsAreNamedLikeOptions() {
    assertThat(RowOption.ofColumn("repetition_penalty")).isEqualTo(RowOption.REPETITION_PENALTY);
    assertThatThrownBy(() -> RowOption.ofColumn("temp"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'temp' is no option that a row may have; known: max_new_tokens, temperature, top_k,"
                + " top_p, min_p, repetition_penalty, exit_threshold, priority,"
                + " row_deadline_millis");
  }

  /** Retries of other releases must draw the same tokens. */
  @Test
  void seedsNeverChange() {
    assertThat(RowSeed.of(0, "row-1")).isEqualTo(4051169430037870217L);
    assertThat(RowSeed.of(1, "row-1")).isNotEqualTo(RowSeed.of(0, "row-1"));
    assertThat(RowSeed.of(0, "row-2")).isNotEqualTo(RowSeed.of(0, "row-1"));
  }

  private static RowSampling sampling(Map<String, String> entries) {
    DrexConfig config = DrexConfig.of(new HashMap<>(entries));
    StructType input = TaskInput.schema(List.of(), RowSampling.columns(config), new StructType());
    return RowSampling.of(config, input, null);
  }
}
