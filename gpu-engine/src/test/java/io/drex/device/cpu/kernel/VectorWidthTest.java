package io.drex.device.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the vector kernels in JVMs that are told to use narrower vectors. */
class VectorWidthTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {16, 32})
  void narrowVectorsGiveTheSameBits(int maxVectorBytes) throws Exception {
    String expected =
        "lanes " + maxVectorBytes / Float.BYTES + " bits " + digest(KernelKind.SCALAR);
    assertThat(
            KernelProcess.run(
                folder, VectorWidthTest.class, List.of("-XX:MaxVectorSize=" + maxVectorBytes)))
        .isEqualTo(expected);
  }

  /** Prints the width and a hash of all results. */
  public static void main(String[] args) {
    System.out.println("lanes " + VectorLanes.COUNT + " bits " + digest(KernelKind.VECTOR));
  }

  private static int digest(KernelKind kind) {
    int hash = 0;
    for (int size : KernelCases.SIZES) {
      for (int[] bits : KernelCases.of(size).run(kind).values()) {
        hash = 31 * hash + Arrays.hashCode(bits);
      }
    }
    return hash;
  }
}
