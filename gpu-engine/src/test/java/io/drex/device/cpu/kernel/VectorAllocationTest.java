package io.drex.device.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnJre;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs each vector kernel in a JVM of its own until the compiler keeps its vectors in registers,
 * after code that uses the vector API in other ways: for seconds one operation on integers, then
 * one on floats. Classes that C2 has by then taken for the only ones are others in the kernels.
 */
@Tag("slow")
class VectorAllocationTest {
  /** One with weights of several groups, one whose heads fill vectors. */
  private static final int[] SIZES = {20, 64};

  private static final int CALLS = 100;

  /** Asking for the allocated bytes may itself allocate a little. */
  private static final long MOST_BYTES = 8L * CALLS;

  private static final long MOST_NANOS = 10_000_000_000L;
  private static final long NANOS_BEFORE = 1_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  @Test
  void noKernelAllocatesWhateverRanBefore() throws Exception {
    assertThat(KernelProcess.run(folder, VectorAllocationTest.class, List.of(TrapLimit.OPTION), ""))
        .isEmpty();
  }

  @Test
  @EnabledOnJre(JRE.JAVA_17) // a later compiler may do better
  void atTheLimitVectorsStayOnTheHeap() throws Exception {
    List<String> limit = List.of("-XX:PerMethodTrapLimit=0");
    String allocating = KernelProcess.run(folder, VectorAllocationTest.class, limit, "readLogits");
    assertThat(allocating).contains("readLogits");
  }

  /**
   * Prints the kernels that go on allocating.
   *
   * @param args what the kernels' names start with
   */
  public static void main(String[] args) {
    useOtherwise();
    for (int size : SIZES) {
      KernelCases.of(size)
          .calls(KernelKind.VECTOR)
          .forEach(
              (kernel, call) -> {
                long bytes = kernel.startsWith(args[0]) ? leastAllocated(call.run()) : 0;
                if (bytes > MOST_BYTES) {
                  System.out.printf("%s of %d: %d bytes a call%n", kernel, size, bytes / CALLS);
                }
              });
    }
  }

  private static void useOtherwise() {
    int[] data = new int[1 << 18];
    float[] sink = new float[VectorPeaks.sinkLength()];
    for (long start = System.nanoTime(); System.nanoTime() - start < NANOS_BEFORE; ) {
      data[0] += VectorPeaks.read(data, 0, data.length);
    }
    for (long start = System.nanoTime(); System.nanoTime() - start < NANOS_BEFORE; ) {
      VectorPeaks.multiplyAdd(1 << 12, sink);
    }
  }

  private static long leastAllocated(Runnable call) {
    long least = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (least > MOST_BYTES && System.nanoTime() - start < MOST_NANOS) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
