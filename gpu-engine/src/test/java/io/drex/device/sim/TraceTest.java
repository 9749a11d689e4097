package io.drex.device.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {
  private static final TracedSequence SHORT = new TracedSequence(5, 2, new float[] {.1f});
  private static final TracedSequence LONG = new TracedSequence(5, 3, new float[] {.2f, .3f});
  private static final TracedSequence OTHER = new TracedSequence(-9, 2, new float[] {Float.NaN});

  @Test
  void ofRecordsWithOneKeyTheLongestCounts() {
    Trace trace = new Trace(1, List.of(SHORT, LONG, OTHER));
    assertThat(trace.sequences()).containsExactly(OTHER, LONG);
    assertThat(trace.of(5)).isSameAs(LONG);
    assertThat(trace.of(6)).isIn(OTHER, LONG);
  }

  @Test
  void theHashIsThatOfTheContentWhateverItsOrder() {
    String hash = new Trace(1, List.of(SHORT, LONG, OTHER)).hash();
    assertThat(hash).matches("[0-9a-f]{64}");
    assertThat(new Trace(1, List.of(OTHER, LONG)).hash()).isEqualTo(hash);
    assertThat(new Trace(1, List.of(OTHER, SHORT)).hash()).isNotEqualTo(hash);
  }

  @Test
  void aRampThatWasNotMetReadsAsSure() {
    Trace trace = new Trace(1, List.of(OTHER, LONG));
    assertThat(trace.confidence(OTHER, 1, 0)).isEqualTo(1);
    assertThat(trace.confidence(LONG, 2, 0)).isEqualTo(.3f);
    assertThat(trace.confidence(LONG, 3, 0)).as("past the end").isEqualTo(.2f);
    TracedSequence noRow = new TracedSequence(1, 1, new float[0]);
    assertThat(new Trace(1, List.of(noRow)).confidence(noRow, 1, 0)).isZero();
  }

  @Test
  void saysWhatItLacks() {
    assertThatThrownBy(() -> new Trace(1, List.of()))
        .hasMessage("a trace needs a sequence; record one that completes rows");
    assertThatThrownBy(
            () -> new Trace(2, List.of(new TracedSequence(1, 3, new float[] {.1f, .2f, .3f}))))
        .hasMessage("a traced sequence of 3 tokens has 3 confidences; with 2 ramps it needs 4");
  }
}
