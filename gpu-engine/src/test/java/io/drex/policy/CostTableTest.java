package io.drex.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CostTableTest {
  private static final int LAYERS = ModelShape.LLAMA_2_13B.layers();

  /** An independent estimate from round figures, in microseconds. */
  private static double byRoundFigures(double share, int rows, int context) {
    double bytes = 25.34e9 * share + 0.78 * (1 << 20) * context * share * rows + 0.328e9;
    double flops = 26e9 * share * rows;
    return Math.max(bytes / 4.3e12, flops / (790e12 / 1.5)) * 1e6 + 100;
  }

  @Test
  void anH200RunsLlama13bAsRoundFiguresSay() {
    for (double share : new double[] {.25, .5, .625}) {
      CostTable table =
          CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_13B, (int) Math.round(share * LAYERS));
      for (int rows : new int[] {1, 8, 16, 64, 128, 256}) {
        int context = rows == 256 ? 200 : 600;
        double deep = table.micros(1, rows, (double) context * rows, 0, rows);
        assertThat(table.micros(0, rows, (double) context * rows, 0, rows))
            .isCloseTo(byRoundFigures(share, rows, context), within(.01 * deep));
        assertThat(deep).isCloseTo(byRoundFigures(1 - share, rows, context), within(.01 * deep));
      }
    }
  }

  @Test
  void shapesHaveTheWeightsOfTheirNames() {
    assertThat(weights(ModelShape.LLAMA_2_7B)).isCloseTo(6.74e9, within(.01e9));
    assertThat(weights(ModelShape.LLAMA_2_13B)).isCloseTo(13.02e9, within(.01e9));
    assertThat(weights(ModelShape.LLAMA_2_70B)).isCloseTo(68.98e9, within(.01e9));
    assertThat(weights(ModelShape.QWEN_14B)).isCloseTo(14.17e9, within(.01e9));
    assertThat(weights(ModelShape.LLAMA_3_1_8B)).isCloseTo(8.03e9, within(.01e9));
  }

  @Test
  void segmentsAddUpToTheWholeButForTheirLaunchesAndHeads() {
    CostTable whole = CostTable.modelled(Gpu.A100, ModelShape.LLAMA_2_70B);
    CostTable cut = CostTable.modelled(Gpu.A100, ModelShape.LLAMA_2_70B, 20, 50);
    double sum = 0;
    for (int segment = 0; segment < 3; segment++) {
      sum += cut.micros(segment, 16, 9_600, 0, 0);
    }
    assertThat(sum - 2 * Gpu.LAUNCH_MICROS)
        .isCloseTo(whole.micros(0, 16, 9_600, 0, 0), within(1e-6));
  }

  @Test
  void moreWorkNeverTakesLessTime() {
    Random random = new Random(1);
    for (Gpu gpu : Gpu.values()) {
      CostTable table = CostTable.modelled(gpu, ModelShape.QWEN_14B, 10);
      for (int i = 0; i < 200; i++) {
        int rows = random.nextInt(512);
        int prompt = 1 + random.nextInt(512);
        double context = rows * 100.0;
        double micros = table.micros(0, rows, context, prompt, rows);
        assertThat(table.micros(0, rows + 1, context, prompt, rows)).isGreaterThanOrEqualTo(micros);
        assertThat(table.micros(0, rows, context + 99, prompt, rows))
            .isGreaterThanOrEqualTo(micros);
        assertThat(table.micros(0, rows, context, prompt + 1, rows)).isGreaterThanOrEqualTo(micros);
        assertThat(table.micros(0, rows, context, prompt, rows + 1)).isGreaterThanOrEqualTo(micros);
      }
    }
  }

  @Test
  void aCallWithoutRowsTakesNoTime() {
    CostTable table = CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_7B);
    assertThat(table.micros(0, 0, 0, 0, 0)).isZero();
  }

  @Test
  void namesTheRampThatDoesNotFit() {
    assertThatThrownBy(() -> CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_7B, 8, 8))
        .hasMessage(
            "ramp depths must increase within (0, 32), the layers of llama-2-7b; 8 does not");
    assertThatThrownBy(() -> CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_7B, 32))
        .hasMessageContaining("32 does not");
  }

  private static double weights(ModelShape shape) {
    return (double) shape.layers() * shape.weightsPerLayer() + 2.0 * shape.headWeights();
  }
}
