package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RopeSpecTest {
  /** Llama 3.1 8B's. */
  private static final RopeSpec LLAMA31 =
      new RopeSpec(500_000, new RopeScaling.Llama3(8, 1, 4, 8192));

  private static final int HEAD_DIM = 128;

  @Test
  void aPlainFrequencyIsAPowerOfTheBase() {
    assertThat(RopeSpec.plain(10_000).frequency(0, 64)).isEqualTo(1);
    assertThat(RopeSpec.plain(10_000).frequency(16, 64)).isCloseTo(0.01, within(1e-15));
  }

  // Computed from the definition in terms of wavelengths, in another language.
  @ParameterizedTest
  @CsvSource({
    "0,  1.0",
    "20, 0.016560440080994446",
    "28, 0.003211445994752591",
    "29, 0.002166570763503359",
    "32, 0.0005248461609929547",
    "34, 0.0001785078127679964",
    "35, 9.556212353964683e-05",
    "63, 3.068925988914511e-07"
  })
  void scalesLlamasFrequenciesAsItsAuthorsDo(int pair, double expected) {
    assertThat(LLAMA31.frequency(pair, HEAD_DIM)).isCloseTo(expected, withinPercentage(1e-10));
  }
}
