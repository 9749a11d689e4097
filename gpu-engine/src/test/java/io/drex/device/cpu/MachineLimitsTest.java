package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineLimitsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void readsAllOnce(int threads) {
    int[] data = new int[3 << 18];
    Arrays.fill(data, 1);
    try (MachineLimits limits = MachineLimits.open(threads, data)) {
      assertThat(limits.readGigabytes()).isPositive();
      assertThat(limits.sum()).isEqualTo(data.length);
      assertThat(limits.readGigabytes()).isPositive();
      assertThat(limits.sum()).isEqualTo(data.length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void multipliesAndAdds(int threads) {
    try (MachineLimits limits = MachineLimits.open(threads, new int[1])) {
      assertThat(limits.multiplyAddGigaflops(2)).isPositive().isFinite();
    }
  }
}
