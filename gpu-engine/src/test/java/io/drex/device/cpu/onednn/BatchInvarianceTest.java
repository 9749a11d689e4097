package io.drex.device.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

/** The trial itself, on multiplications that are made up. */
class BatchInvarianceTest {
  private static final int[] SIZES = {2, 4, 8, 16};
  private static final int OUTPUTS = 3;

  /**
   * @param noise added to a row's outputs, from its place in the call and the number of rows
   */
  private static BatchInvariance.Trial trial(IntBinaryOperator noise) {
    return (from, rows) -> {
      float[] outputs = new float[rows * OUTPUTS];
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = from * OUTPUTS + i + noise.applyAsInt(i / OUTPUTS, rows);
      }
      return outputs;
    };
  }

  @Test
  void acceptsRowsThatAreEqualInAllBatches() {
    assertThat(BatchInvariance.MEASURED.holds(trial((place, rows) -> 0), SIZES)).isTrue();
    assertThat(BatchInvariance.MEASURED.holdsInTiles(trial((place, rows) -> 0), 16)).isTrue();
  }

  @Test
  void noticesThatOneNumberOfRowsIsDifferent() {
    for (int size : SIZES) {
      BatchInvariance.Trial odd = trial((place, rows) -> rows == size ? 1 : 0);
      assertThat(BatchInvariance.MEASURED.holds(odd, SIZES)).as("%d", size).isFalse();
    }
    BatchInvariance.Trial alone = trial((place, rows) -> rows == 1 ? 1 : 0);
    assertThat(BatchInvariance.MEASURED.holds(alone, SIZES)).isFalse();
  }

  @Test
  void noticesThatOnePlaceIsDifferent() {
    for (int at = 0; at < 16; at++) {
      int odd = at;
      BatchInvariance.Trial trial = trial((place, rows) -> place == odd ? 1 : 0);
      assertThat(BatchInvariance.MEASURED.holds(trial, SIZES)).as("%d", at).isFalse();
      assertThat(BatchInvariance.MEASURED.holdsInTiles(trial, 16)).as("%d", at).isFalse();
    }
  }
}
