package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
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
          double[] expected = attention.expected();
          float[] decode = attention.runSplit(gpu, 3, 2);
          KernelCase.assertClose(decode, expected, KernelCase.BF16);
          float[] prompt = attention.runPrompt(gpu, 64);
          KernelCase.assertClose(prompt, expected, KernelCase.BF16);
          long different =
              IntStream.range(0, prompt.length).filter(i -> prompt[i] != decode[i]).count();
          assertThat(different).isLessThanOrEqualTo(1 + prompt.length / 1000); // rounded elsewhere
        });
  }

  @Test
  void decodeRowsDoNotDependOnHowChunksAreSharedOut() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          int headDim = 8 * (1 + random.nextInt(12));
          int group = 1 + random.nextInt(9);
          AttentionCase attention = new AttentionCase(random, headDim, group, 3, 700);
          float[] out = attention.runSplit(gpu, 3, 1 + random.nextInt(9));
          KernelCase.assertClose(out, attention.expected(), KernelCase.BF16);
          assertThat(attention.runSplit(gpu, 2, 1 + random.nextInt(9))).isEqualTo(out);
          assertThat(attention.runSplit(gpu, 1, 3)).isEqualTo(out);
        });
  }

  @ParameterizedTest(name = "heads of {0}")
  @CsvSource({"12", "64", "128", "200"})
  void promptRowsDoNotDependOnTheirTiles(int headDim) {
    KernelCase.forSeeds(
        1,
        (gpu, random) -> {
          AttentionCase attention = new AttentionCase(random, headDim, 2, 70, 170);
          attention.makeConsecutive(90);
          float[] out = attention.runPrompt(gpu, 64);
          KernelCase.assertClose(out, attention.expected(), KernelCase.BF16);
          assertThat(attention.runPrompt(gpu, 23)).isEqualTo(out);
          assertThat(attention.runPrompt(gpu, 1)).isEqualTo(out);
        });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"Infinity", "NaN"})
  void aValueThatIsNotFiniteBreaksTheRowsThatSeeIt(float value) {
    KernelCase.forSeeds(
        1,
        (gpu, random) -> {
          AttentionCase attention = new AttentionCase(random, 16, 1, 40, 60);
          attention.makeConsecutive(20);
          int healthy = (33 - 20) * attention.width();
          attention.setValue(attention.step.table[0], 33, 1);
          float[] before = attention.runPrompt(gpu, 64);
          attention.setValue(attention.step.table[0], 33, value);
          float[] after = attention.runPrompt(gpu, 64);
          assertThat(Arrays.copyOf(after, healthy)).isEqualTo(Arrays.copyOf(before, healthy));
          for (int i = healthy; i < after.length; i++) {
            assertThat(after[i]).as("element %d", i).isNaN();
          }
        });
  }
}
