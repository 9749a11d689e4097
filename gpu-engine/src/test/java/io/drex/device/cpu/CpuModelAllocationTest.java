package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.RowBatch;
import io.drex.device.Sampling;
import io.drex.device.TinyModel;
import io.drex.device.cpu.kernel.Int8Linear;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PortableLinear;
import io.drex.device.cpu.onednn.NeedsOneDnn;
import io.drex.device.cpu.onednn.OneDnn;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs in a JVM of its own, as an executor's engine does. */
@Tag("own-jvm")
class CpuModelAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int ROWS = 5;
  private static final int CALLS = 100;

  /** Asking for the allocated bytes may itself allocate a little. */
  private static final long MOST_BYTES = 8L * CALLS;

  /** Vectors live on the heap until their code is compiled, which a busy machine does late. */
  private static final long MOST_NANOS = 60_000_000_000L;

  @ParameterizedTest
  @CsvSource({"SCALAR, COPY", "VECTOR, COPY", "SCALAR, PROPAGATE", "VECTOR, PROPAGATE"})
  void aCallAllocatesNothing(KernelKind kind, KvFill fill) {
    assertAllocatesNothing(TinyModel.random(1, DType.BF16), kind, fill);
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void neitherDoFamiliesAndHeadsOfTheirOwn(KernelKind kind) {
    assertAllocatesNothing(TinyModel.ofFamily(ModelFamily.QWEN2, 1), kind, KvFill.PROPAGATE);
    assertAllocatesNothing(TinyModel.ofFamily(ModelFamily.QWEN3, 1), kind, KvFill.PROPAGATE);
    assertAllocatesNothing(TinyModel.withOwnHeads(1, DType.BF16), kind, KvFill.COPY);
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void neitherDoesACallOfOneRow(KernelKind kind) {
    LoadedModel model = TinyModel.random(1, DType.BF16);
    assertAllocatesNothing(model, kind, PortableLinear::new, KvFill.COPY, 1);
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void neitherDoRoundedWeights(KernelKind kind) {
    assertAllocatesNothing(
        TinyModel.random(1, DType.BF16), kind, Int8Linear::new, KvFill.PROPAGATE);
  }

  @Test
  void neitherDoesOneDnn() {
    NeedsOneDnn.check();
    assertAllocatesNothing(
        TinyModel.random(1, DType.BF16), KernelKind.VECTOR, OneDnn::open, KvFill.PROPAGATE);
    assertAllocatesNothing(
        TinyModel.withOwnHeads(1, DType.BF16), KernelKind.VECTOR, OneDnn::open, KvFill.COPY);
  }

  private static void assertAllocatesNothing(LoadedModel loaded, KernelKind kind, KvFill fill) {
    assertAllocatesNothing(loaded, kind, PortableLinear::new, fill);
  }

  private static void assertAllocatesNothing(
      LoadedModel loaded, KernelKind kind, LinearKernel.Provider linear, KvFill fill) {
    assertAllocatesNothing(loaded, kind, linear, fill, ROWS);
  }

  private static void assertAllocatesNothing(
      LoadedModel loaded, KernelKind kind, LinearKernel.Provider linear, KvFill fill, int count) {
    int segments = loaded.spec().ramps().size() + 1;
    DeviceOptions options = LockstepDecoder.options(loaded.spec(), fill, ROWS, 1);
    try (CpuModel model = CpuModel.open(loaded, options, kind, linear)) {
      RowBatch rows = decodeRows(segments, count);
      HeadReadings out = new HeadReadings(ROWS);
      long bytes = Long.MAX_VALUE;
      long start = System.nanoTime();
      while (bytes > MOST_BYTES && System.nanoTime() - start < MOST_NANOS) {
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < CALLS; i++) {
          model.runSegment(i % segments, rows, out);
          model.fillKv(0, rows);
        }
        bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      }
      assertThat(bytes).isLessThanOrEqualTo(MOST_BYTES);
    }
  }

  private static RowBatch decodeRows(int segments, int count) {
    int position = 20;
    RowBatch rows = new RowBatch(ROWS, new int[ROWS][segments][TinyModel.MAX_POSITIONS]);
    rows.rows = count;
    rows.heads = count;
    for (int row = 0; row < count; row++) {
      rows.token[row] = row;
      rows.position[row] = position;
      rows.slot[row] = row;
      rows.table[row] = row;
      rows.headRow[row] = row;
      if (row > 1) {
        Sampling sampling = new Sampling(.8f, 20, .9f, .01f, row == 2 ? 1 : 1.2f);
        rows.sampling.set(row, sampling, row, new int[position + 1]);
      }
      for (int s = 0; s < segments; s++) {
        for (int p = 0; p <= position; p++) {
          rows.kvTable[row][s][p] = row * 32 + p;
        }
      }
    }
    return rows;
  }
}
