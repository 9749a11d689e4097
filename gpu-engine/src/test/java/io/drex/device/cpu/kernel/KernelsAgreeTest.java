package io.drex.device.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.drex.device.HeadReadings;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class KernelsAgreeTest {
  private static final AttentionShape SHAPE = new AttentionShape(1, 1, 2, 4);

  static List<Integer> sizes() {
    return KernelCases.SIZES;
  }

  @BeforeEach
  void needsTheVectorModule() {
    assumeThat(KernelKind.VECTOR.isPresent()).as("--add-modules " + KernelKind.MODULE).isTrue();
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void vectorKernelsGiveTheBitsOfTheScalarOnes(int size) {
    assertAgree(KernelCases.of(size), 1);
  }

  @Test
  void stillAgreeOnceTheyAreCompiled() {
    assertAgree(KernelCases.of(129), 400);
  }

  @Test
  void severalHeadsStillAgreeOnceTheyAreCompiled() {
    assertAgree(KernelCases.ofHeads(64), 400);
  }

  private static void assertAgree(KernelCases cases, int times) {
    Map<String, int[]> scalar = cases.run(KernelKind.SCALAR);
    for (int i = 0; i < times; i++) {
      Map<String, int[]> vector = cases.run(KernelKind.VECTOR);
      scalar.forEach((kernel, bits) -> assertThat(vector.get(kernel)).as(kernel).isEqualTo(bits));
    }
  }

  @Test
  void exponentialsAgreeOverTheirWholeRange() {
    Random random = new Random(1);
    float[] x = new float[100_003];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(random.nextInt());
    }
    float[] vector = new float[x.length];
    VectorSums.exponentials(x, 0, x.length, 0, vector, 0);
    for (int i = 0; i < x.length; i++) {
      assertThat(vector[i]).as("exp(%s)", x[i]).isEqualTo((Float) Exp.exp(x[i]));
    }
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void tiesGoToTheLowestToken(KernelKind kind) {
    for (int first = 0; first < 40; first++) {
      float[] logits = new float[41];
      logits[first] = 3;
      logits[40] = 3;
      LogitStats stats = read(kind, logits);
      assertThat(stats.token()).isEqualTo(first);
      assertThat(stats.margin()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void anyLogitThatIsNotFiniteIsReported(KernelKind kind) {
    float[] wrong = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    for (float value : wrong) {
      for (int at = 0; at < 37; at++) {
        float[] logits = new float[37];
        logits[at] = value;
        LogitStats stats = read(kind, logits);
        assertThat(stats.token()).isEqualTo(HeadReadings.NOT_FINITE);
        assertThat(stats.isFinite()).isFalse();
      }
    }
  }

  private static LogitStats read(KernelKind kind, float[] logits) {
    LogitStats stats = new LogitStats();
    kind.create(SHAPE).readLogits(logits, 0, logits.length, stats);
    return stats;
  }
}
