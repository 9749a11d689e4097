package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which machine code a GPU runs. */
class CubinTest {

  @ParameterizedTest
  @CsvSource({
    "80, SM_80",
    "86, SM_86",
    "87, SM_86",
    "89, SM_86",
    "90, SM_90A",
    "120, SM_120",
    "121, SM_120"
  })
  void isOfTheGpusGeneration(int computeCapability, Cubin expected) {
    assertThat(Cubin.of(computeCapability)).isEqualTo(expected);
  }

  @Test
  void isNotThereForOthers() {
    assertThat(Cubin.of(75)).isNull();
    assertThat(Cubin.of(100)).isNull();
    assertThat(Cubin.of(103)).isNull();
  }
}
