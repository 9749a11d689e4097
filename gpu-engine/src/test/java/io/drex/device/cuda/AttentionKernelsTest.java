package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention over cells of the row's own segment and of an earlier one. */
class AttentionKernelsTest {

  @ParameterizedTest(name = "heads of {0}, {1} queries each")
  @CsvSource({"2,1", "12,2", "16,3", "32,4", "64,1", "64,7", "96,5", "128,8", "256,12"})
  void readsOwnAndAliasedCells(int headDim, int group) {
    KernelCase.forSeeds(
        2,
        (gpu, random) -> {
          int positions = 1 + random.nextInt(300);
          AttentionCase attention = new AttentionCase(random, headDim, group, 3, positions);
          float[] out = attention.runRows(gpu);
          KernelCase.assertClose(out, attention.expected(), KernelCase.BF16);
        });
  }

  @Test
  void splitByChunksItGivesTheSameBits() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          int headDim = 8 * (1 + random.nextInt(12));
          int group = 1 + random.nextInt(9);
          AttentionCase attention = new AttentionCase(random, headDim, group, 2, 700);
          float[] out = attention.runRows(gpu);
          KernelCase.assertClose(out, attention.expected(), KernelCase.BF16);
          assertThat(attention.runSplit(gpu, 2, 1 + random.nextInt(9))).isEqualTo(out);
          assertThat(attention.runSplit(gpu, 1, 3)).isEqualTo(out);
        });
  }
}
