package io.drex.job.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final Progress.Work WORK = new Progress.Work(100, 10_000);

  @Test
  void whatIsLeftIsCountedInTokensAsLongRowsComeFirst() {
    // A tenth of the rows held half of the prompt tokens; each row generates 50.
    Progress progress = new Progress(new Progress.Done(10, 0, 5_000, 500, 4_000), WORK, 55);

    assertThat(progress.etaSeconds()).isEqualTo(95); // 5,000 + 90 · 50 left, 100 a second
    assertThat(progress.line())
        .isEqualTo(
            "rows 10 of 100 (10 %), tokens 500, 9.1 tokens/s, mean exit depth 8.00, errors 0, ETA 95"
                + " s");
  }

  @Test
  void anEstimateThatWasTooLowLeavesTheRowsThatAreLeft() {
    Progress progress = new Progress(new Progress.Done(50, 0, 20_000, 500, 4_000), WORK, 205);

    assertThat(progress.etaSeconds()).isEqualTo(5);
  }

  @Test
  void nothingIsLeftWhenTheRowsAreDone() {
    assertThat(new Progress(new Progress.Done(100, 0, 1, 1, 8), WORK, 10).etaSeconds()).isZero();
  }

  @Test
  void rowsThatAreAllErrorsAreCountedThemselves() {
    assertThat(new Progress(new Progress.Done(20, 20, 0, 0, 0), WORK, 10).etaSeconds())
        .isEqualTo(40);
    assertThat(new Progress(new Progress.Done(0, 0, 0, 0, 0), WORK, 10).line())
        .endsWith("ETA unknown");
  }
}
