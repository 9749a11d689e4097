package io.drex.job.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AxisTest {
  @Test
  void endsAtARoundNumberThatNoValueExceeds() {
    assertThat(Axis.fromZero("rows", 61)).isEqualTo(new Axis("rows", 0, 80));
    assertThat(Axis.fromZero("rows", 60)).isEqualTo(new Axis("rows", 0, 60));
    assertThat(Axis.fromZero("rows", 0)).as("nothing to show").isEqualTo(new Axis("rows", 0, 1));
  }

  @Test
  void ticksAreFewAndRound() {
    for (double most : new double[] {0.0007, 0.3, 1, 7, 64, 999, 12_345, 1e9}) {
      Axis axis = Axis.fromZero("x", most);
      List<Double> ticks = axis.ticks();
      assertThat(ticks).as("to %s", most).hasSizeBetween(3, 7).startsWith(0.0);
      assertThat(axis.to()).isGreaterThanOrEqualTo(most);
      assertThat(ticks.stream().map(axis::text).distinct()).hasSameSizeAs(ticks);
    }
    Axis confidence = new Axis("confidence", 0.984, 1.0);
    assertThat(confidence.ticks().stream().map(confidence::text))
        .containsExactly("0.985", "0.990", "0.995", "1.000");
  }

  @Test
  void hasALength() {
    assertThatThrownBy(() -> new Axis("x", 1, 1))
        .hasMessage("an axis from 1.0 to 1.0 has no length");
  }
}
