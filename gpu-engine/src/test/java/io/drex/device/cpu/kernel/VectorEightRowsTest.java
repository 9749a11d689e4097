package io.drex.device.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.drex.model.DType;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether or not this machine's registers make it take such tiles. */
class VectorEightRowsTest {
  private static final int INPUTS = 34;
  private static final int FIRST = 2;

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 7, 8})
  void giveTheBitsOfTheScalarKernels(int rows) {
    assumeThat(KernelKind.VECTOR.isPresent()).as("--add-modules " + KernelKind.MODULE).isTrue();
    Random random = new Random(rows);
    Bf16Matrix w =
        (Bf16Matrix)
            PackedMatrix.pack(
                KernelCases.tensor(random, DType.BF16, 2 * PackedMatrix.GROUP, INPUTS));
    Panel x = Panel.allocate(FIRST + rows, INPUTS);
    for (int i = 0; i < x.data().length; i++) {
      x.data()[i] = (float) random.nextGaussian();
    }
    Panel expected = Panel.allocate(FIRST + rows, w.paddedOutputs());
    KernelKind.SCALAR
        .create(new AttentionShape(1, 1, 2, 1))
        .linear(w, x, expected, FIRST + rows, 0, w.groups());
    Panel y = Panel.allocate(FIRST + rows, w.paddedOutputs());
    int last = FIRST + rows - 1;
    for (int group = 0; group < w.groups(); group++) {
      int output = group * PackedMatrix.GROUP;
      for (int c = 0; c < PackedMatrix.STREAM; c += VectorLanes.COUNT) {
        VectorEightRows.multiply(w, w.at(output + c), x, y, FIRST, last, output + c);
      }
    }
    for (int row = 0; row <= last; row++) {
      for (int i = 0; i < w.outputs(); i++) {
        float value = row < FIRST ? 0 : expected.data()[expected.at(row) + i];
        assertThat(y.data()[y.at(row) + i]).as("row %d, output %d", row, i).isEqualTo(value);
      }
    }
  }
}
