package io.drex.device.cuda.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.policy.ModelShape;
import org.junit.jupiter.api.Test;

/** What a step and a prompt call take at least, by hand. */
class RooflineTest {
  /** 2 layers of 8 × (8 + 2 × 4) + 8 × 8 + 3 × 8 × 16 = 576 weights, a head of 8 × 10. */
  private static final ModelShape SHAPE = new ModelShape("small", 2, 8, 16, 2, 1, 4, 10);

  @Test
  void aStepReadsWeightsOnceAndTheKeysAndValuesOfEveryPosition() {
    // (2 × 576 + 80) weights of 2 bytes; 3 rows of 5 positions, 2 layers, 2 × 4 values of 2 bytes.
    double bytes = 1232 * 2 + 15 * 2 * 16;
    Rates slowCopy = new Rates(1, 1e12, "");
    assertThat(StepsStage.leastStepSeconds(SHAPE, slowCopy, 3, 5)).isEqualTo(bytes);
  }

  @Test
  void aStepMultipliesWeightsByEveryRowAndAttendsTwice() {
    // Two operations a weight and row; attention: 2 heads of 4, two products of two operations.
    double flops = 2 * 1232 * 3 + 15 * 2 * 32;
    Rates slowProducts = new Rates(1e12, 1, "");
    assertThat(StepsStage.leastStepSeconds(SHAPE, slowProducts, 3, 5)).isEqualTo(flops);
  }

  @Test
  void aPromptCallAttendsToWhatIsBeforeAndReadsOneHeadEach() {
    // 2 prompts of 3: 6 rows, 2 × (1 + 2 + 3) pairs, 2 heads.
    double flops = 2 * 6 * 1152 + 12 * 2 * 32 + 2 * 2 * 80;
    assertThat(PromptCall.flops(SHAPE, new Sizes.Prompts(2, 3))).isEqualTo(flops);
  }

  @Test
  void llama7BAtContext1024ReadsItsWeightsAndHalfAGibibytePerSequence() {
    // 32 × 202,375,168 + 131,072,000 weights; 32 layers × 2 × 4,096 values × 1,024 positions.
    double weights = 2 * (32 * 202_375_168.0 + 131_072_000);
    double sequence = 0x1p29;
    Rates copy = new Rates(4e12, 1e30, "");
    assertThat(StepsStage.leastStepSeconds(ModelShape.LLAMA_2_7B, copy, 8, 1024))
        .isCloseTo((weights + 8 * sequence) / 4e12, within(1e-9));
  }
}
