package io.drex.device.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.model.DType;
import io.drex.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class Int8MatrixTest {
  private static final AttentionShape SHAPE = new AttentionShape(1, 1, 2, 4);

  @Test
  void eachOutputHasTheScaleOfItsLargestWeight() {
    Int8Matrix matrix = Int8Matrix.round(floats(2, 1, -254, 3), floats(0.5f, 0, 0, 0));
    assertThat(matrix.outputs()).isEqualTo(2);
    assertThat(matrix.scale[0]).isEqualTo(2);
    assertThat(matrix.scale[1]).isEqualTo(0.5f / 127);
    assertThat(output(matrix, 1)).containsExactly(0.5f / 127 * 127, 0, 0, 0);
  }

  @Test
  void equallyNearStepsGoToTheEvenOne() {
    assertThat(output(Int8Matrix.round(floats(254, 1, 3, 5, -1, -3)), 0))
        .containsExactly(254, 0, 4, 4, 0, -4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 31, 33, 100})
  void everyWeightIsWithinHalfAStep(int inputs) {
    Tensor tensor = KernelCases.tensor(new Random(inputs), DType.F32, 65, inputs);
    Int8Matrix matrix = Int8Matrix.round(tensor);
    for (int n = 0; n < 65; n++) {
      float[] weights = output(matrix, n);
      for (int k = 0; k < inputs; k++) {
        float exact = tensor.data().getFloat((n * inputs + k) * Float.BYTES);
        assertThat(Math.abs(weights[k] - exact)).isLessThanOrEqualTo(matrix.scale[n] * .500001f);
      }
    }
  }

  @Test
  void anOutputWithoutWeightsStaysZero() {
    Int8Matrix matrix = Int8Matrix.round(floats(0, 0), floats(Float.MIN_VALUE, 0));
    assertThat(output(matrix, 0)).containsOnly(0);
    assertThat(output(matrix, 1)).containsOnly(0);
  }

  /** As with weights that are not rounded, only the outputs that read it are spoilt. */
  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void aWeightThatIsNotFiniteSpoilsItsOutput(KernelKind kind) {
    for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      Int8Matrix matrix = Int8Matrix.round(floats(1, 2), floats(1, wrong), floats(3, 4));
      Panel x = Panel.allocate(1, 2);
      x.data()[0] = 1;
      Panel y = Panel.allocate(1, matrix.paddedOutputs());
      kind.create(SHAPE).linear(matrix, x, y, 1, 0, 1);
      assertThat(Float.isFinite(y.data()[0])).isTrue();
      assertThat(y.data()[1]).isNaN();
      assertThat(Float.isFinite(y.data()[2])).isTrue();
    }
  }

  @Test
  void takesAByteForEachWeightAndAScaleForEachOutput() {
    Int8Matrix matrix = Int8Matrix.round(KernelCases.tensor(new Random(1), DType.BF16, 96, 100));
    assertThat(matrix.bytes()).isEqualTo(96 * 100 + 96 * 4 + 48 + 8);
  }

  @Test
  void refusesWhatNoArrayHolds() {
    long side = 1 << 16;
    Tensor huge = new Tensor("w", DType.BF16, List.of(side, side), ByteBuffer.allocate(0));
    assertThatThrownBy(() -> Int8Matrix.round(huge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "tensor w has 65536 × 65536 weights, more than the CPU backend holds in one array");
  }

  private static float[] output(PackedMatrix matrix, int output) {
    float[] weights = new float[matrix.inputs()];
    matrix.copyOutput(output, weights, 0);
    return weights;
  }

  /** One output. */
  private static Tensor floats(float... weights) {
    ByteBuffer data =
        ByteBuffer.allocate(weights.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float weight : weights) {
      data.putFloat(weight);
    }
    return new Tensor("w", DType.F32, List.of(1L, (long) weights.length), data.flip());
  }
}
