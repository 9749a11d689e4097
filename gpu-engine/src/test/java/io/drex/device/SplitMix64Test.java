package io.drex.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SplitMix64Test {
  /** The reference implementation's first outputs for the seed 1234567. */
  @Test
  void givesTheReferencesOutputs() {
    long[] outputs = {
      6457827717110365317L, 3203168211198807973L, Long.parseUnsignedLong("9817491932198370423"),
    };
    for (int number = 0; number < outputs.length; number++) {
      assertThat(SplitMix64.output(1_234_567, number)).isEqualTo(outputs[number]);
    }
    assertThat(SplitMix64.mix(1_234_567)).isEqualTo(outputs[0]);
  }
}
