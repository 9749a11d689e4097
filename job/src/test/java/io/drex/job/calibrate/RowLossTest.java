package io.drex.job.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.job.calibrate.QualityBudget.Quality;
import io.drex.job.calibrate.RowLoss.Answer;
import org.junit.jupiter.api.Test;

class RowLossTest {
  private static final Answer FULL = new Answer(new int[] {5, 6, 7, 2}, "the cat sat");

  @Test
  void agreementIsCountedOverTheLongerCompletion() {
    RowLoss loss = new RowLoss(Quality.AGREEMENT);
    assertThat(loss.of(FULL, FULL, null)).isZero();
    assertThat(loss.of(FULL, answer("x", 5, 9, 7, 2), null)).isCloseTo(0.25, within(1e-12));
    assertThat(loss.of(FULL, answer("x", 5, 6), null)).isCloseTo(0.5, within(1e-12));
    assertThat(loss.of(FULL, answer("x", 5, 6, 7, 8, 2), null)).isCloseTo(0.4, within(1e-12));
  }

  @Test
  void oneOtherTokenIsAnotherCompletion() {
    assertThat(new RowLoss(Quality.EXACT).of(FULL, answer("the cat sat", 5, 6, 8, 2), null))
        .isEqualTo(1);
  }

  @Test
  void rougeComparesWithFullDepthWhereThereIsNoReference() {
    RowLoss loss = new RowLoss(Quality.ROUGE_L);
    assertThat(loss.of(FULL, answer("the cat sat", 1), null)).isZero();
    assertThat(loss.of(FULL, answer("the dog sat", 1), null)).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(loss.of(answer("", 2), answer("noise", 1, 2), null)).isEqualTo(1);
  }

  @Test
  void rougeCountsADropAgainstTheReferenceAndNoGain() {
    RowLoss loss = new RowLoss(Quality.ROUGE_L);
    assertThat(loss.of(FULL, answer("the dog sat", 1), "the cat sat"))
        .isCloseTo(1 / 3.0, within(1e-12));
    assertThat(loss.of(FULL, answer("the dog sat", 1), "the dog sat")).isZero();
  }

  private static Answer answer(String text, int... tokens) {
    return new Answer(tokens, text);
  }
}
