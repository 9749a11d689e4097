package io.drex.device.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.model.DType;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KvCellsTest {
  private static final int CELLS = 37;
  private static final int KV_HEADS = 3;
  private static final int HEAD_DIM = 6;
  private static final int WIDTH = KV_HEADS * HEAD_DIM;

  @ParameterizedTest
  @EnumSource(DType.class)
  void aCellHoldsWhatWasWrittenToItRounded(DType type) {
    float[][] kv = randomKv(1);
    KvCells cells = cells(type, kv);
    for (int cell = 0; cell < CELLS; cell++) {
      assertHolds(cells, cell, kv[cell]);
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void aCopyTakesOneCellOfAnotherLayer(DType type) {
    float[][] kv = randomKv(1);
    float[][] otherKv = randomKv(2);
    KvCells cells = cells(type, kv);
    cells.copy(5, cells(type, otherKv), 33);
    kv[5] = otherKv[33];
    for (int cell = 0; cell < CELLS; cell++) {
      assertHolds(cells, cell, kv[cell]);
    }
  }

  private static void assertHolds(KvCells cells, int cell, float[] kv) {
    float[] head = new float[HEAD_DIM];
    for (int kvHead = 0; kvHead < KV_HEADS; kvHead++) {
      cells.readKey(cell, kvHead, head);
      assertHolds(cells, head, kv, kvHead * HEAD_DIM);
      cells.readValue(cell, kvHead, head);
      assertHolds(cells, head, kv, WIDTH + kvHead * HEAD_DIM);
    }
  }

  private static void assertHolds(KvCells cells, float[] head, float[] kv, int at) {
    for (int d = 0; d < HEAD_DIM; d++) {
      float exact = kv[at + d];
      float expected = cells instanceof Bf16Cells ? nearest(exact) : exact;
      assertThat(head[d]).isEqualTo(expected);
    }
  }

  /** The nearer of the two bf16 values that a number lies between. */
  private static float nearest(float value) {
    int bits = Float.floatToRawIntBits(value) & Bf16Matrix.HIGH;
    float below = Float.intBitsToFloat(bits);
    float above = Float.intBitsToFloat(bits + 0x10000);
    BigDecimal exact = new BigDecimal(value);
    int order =
        exact
            .subtract(new BigDecimal(below))
            .abs()
            .compareTo(new BigDecimal(above).subtract(exact).abs());
    boolean belowIsEven = ((bits >>> 16) & 1) == 0;
    return order < 0 || (order == 0 && belowIsEven) ? below : above;
  }

  @Test
  void tiesGoToTheEvenValueAndWhatIsNotFiniteStaysSo() {
    assertThat(Bf16Cells.round(Float.intBitsToFloat(0x3F808000))).isEqualTo(0x3F80);
    assertThat(Bf16Cells.round(Float.intBitsToFloat(0x3F818000))).isEqualTo(0x3F82);
    assertThat(Bf16Cells.round(-0f)).isEqualTo(0x8000);
    assertThat(Bf16Cells.round(Float.POSITIVE_INFINITY)).isEqualTo(0x7F80);
    assertThat(Bf16Cells.round(Float.MAX_VALUE)).isEqualTo(0x7F80);
    int nan = Bf16Cells.round(Float.intBitsToFloat(0x7F800001)) << 16;
    assertThat(Float.intBitsToFloat(nan)).isNaN();
  }

  @Test
  void bf16TakesHalfTheBytes() {
    long floats = KvCells.allocate(DType.F32, CELLS, KV_HEADS, HEAD_DIM).bytes();
    assertThat(floats).isEqualTo(2L * 48 * WIDTH * Float.BYTES); // whole groups of 16
    assertThat(KvCells.allocate(DType.BF16, CELLS, KV_HEADS, HEAD_DIM).bytes())
        .isEqualTo(floats / 2);
  }

  @Test
  void refusesMoreCellsThanAnArrayHolds() {
    assertThatThrownBy(() -> KvCells.allocate(DType.BF16, 20_000_000, 2, 128))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a KV pool of 20000000 tokens is too large: with 256 elements per token and layer the"
                + " CPU backend holds at most 16777200 tokens; lower the slots or the longest"
                + " sequence");
  }

  private static float[][] randomKv(long seed) {
    Random random = new Random(seed);
    float[][] kv = new float[CELLS][2 * WIDTH];
    for (float[] cell : kv) {
      for (int i = 0; i < cell.length; i++) {
        cell[i] = (float) random.nextGaussian();
      }
    }
    return kv;
  }

  private static KvCells cells(DType type, float[][] kv) {
    KvCells cells = KvCells.allocate(type, CELLS, KV_HEADS, HEAD_DIM);
    for (int cell = 0; cell < CELLS; cell++) {
      cells.write(cell, kv[cell], 0);
    }
    return cells;
  }
}
