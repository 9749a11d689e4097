package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandomBlockTest {

  @Test
  void isMadeOfTheOutputsOfASplittableRandom() {
    SplittableRandom random = new SplittableRandom(7);
    ByteBuffer data = new TensorSource.Random(new RandomBlock(7, .5f, 100), 0, 100).data();
    for (int i = 0; i < 100; i++) {
      float exact = (random.nextLong() >> 40) / (float) (1 << 23) * .5f;
      float value = Float.intBitsToFloat(data.getShort(i * Short.BYTES) << 16);
      assertThat(Math.abs(value)).isBetween(Math.abs(exact) * (1 - 0x1p-7f), Math.abs(exact));
      assertThat(value).isBetween(-.5f, .5f);
    }
  }

  @Test
  void tensorsAreViewsOfIt() {
    RandomBlock block = new RandomBlock(7, .5f, 100);
    ByteBuffer whole = new TensorSource.Random(block, 0, 100).data();
    ByteBuffer part = new TensorSource.Random(block, 30, 20).data();
    assertThat(part.isReadOnly()).isTrue();
    assertThat(part).isEqualTo(whole.slice(30 * Short.BYTES, 20 * Short.BYTES));
    assertThatThrownBy(() -> new TensorSource.Random(block, 90, 11))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("values [90, 101) of a block of 100");
  }

  @Test
  void isLongerThanAnArrayWhereNobodyAsksForItsValues() {
    RandomBlock block = new RandomBlock(7, .5f, 1L << 40);
    assertThat(block.length()).isEqualTo(1L << 40);
    TensorSource.Random values = new TensorSource.Random(block, 1L << 39, 3);
    assertThatThrownBy(values::data)
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "a block of 1099511627776 random weights is longer than an array; take a model of"
                + " smaller matrices, or a device that makes such weights itself (cuda)");
  }
}
