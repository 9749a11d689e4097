package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.cpu.onednn.NeedsOneDnn;
import io.drex.model.DType;
import io.drex.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinearTrialTest {
  private static final int OUTPUTS = 70;
  private static final int INPUTS = 48;
  private static final int ROWS = 5;

  @Test
  void givesTheOracleSBits() {
    float[] oracle = outputs(CpuProvider.SCALAR, 1);
    assertThat(oracle[0]).isNotZero();
    assertThat(outputs(CpuProvider.VECTOR, 2)).isEqualTo(oracle);
  }

  @Test
  void multipliesByOneDnnToo() {
    NeedsOneDnn.check();
    float[] oracle = outputs(CpuProvider.SCALAR, 1);
    float[] outputs = outputs(CpuProvider.ONEDNN, 2);
    for (int i = 0; i < oracle.length; i++) {
      assertThat(outputs[i]).isCloseTo(oracle[i], within(.05f));
    }
  }

  /** Of the second layer, [row][output]. */
  private static float[] outputs(CpuProvider provider, int threads) {
    float[] outputs = new float[ROWS * OUTPUTS];
    try (LinearTrial trial = LinearTrial.open(provider, threads, weights(), 2, ROWS)) {
      trial.run(1);
      trial.run(ROWS);
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = trial.output(i / OUTPUTS, i % OUTPUTS);
      }
    }
    return outputs;
  }

  private static Tensor weights() {
    SplittableRandom random = new SplittableRandom(1);
    ByteBuffer data =
        ByteBuffer.allocate(OUTPUTS * INPUTS * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      data.putShort((short) (Float.floatToRawIntBits((float) random.nextDouble() - .5f) >>> 16));
    }
    return new Tensor("w", DType.BF16, List.of((long) OUTPUTS, (long) INPUTS), data.flip());
  }
}
