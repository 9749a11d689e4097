package io.drex.demo.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Bfloat16Test {
  @Test
  void roundsToTheNearest() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10));
      float rounded = widen(Bfloat16.round(value));
      float below = widen((short) (Float.floatToRawIntBits(value) >>> 16));
      float above = widen((short) ((Float.floatToRawIntBits(value) >>> 16) + 1));
      double distance = Math.abs((double) rounded - value);
      assertThat(distance)
          .isEqualTo(Math.min(Math.abs((double) below - value), Math.abs((double) above - value)));
    }
  }

  @Test
  void breaksTiesToEven() {
    assertThat(Bfloat16.round(Float.intBitsToFloat(0x3F808000))).isEqualTo((short) 0x3F80);
    assertThat(Bfloat16.round(Float.intBitsToFloat(0x3F818000))).isEqualTo((short) 0x3F82);
    assertThat(Bfloat16.round(Float.intBitsToFloat(0xBF818000))).isEqualTo((short) 0xBF82);
  }

  @Test
  void refusesWhatIsNotFinite() {
    assertThatThrownBy(() -> Bfloat16.round(Float.NaN))
        .hasMessage("a weight is NaN; the training diverged");
  }

  private static float widen(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
