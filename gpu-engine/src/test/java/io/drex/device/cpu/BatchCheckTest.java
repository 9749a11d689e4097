package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.TinyModel;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.Kernels;
import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.Panel;
import io.drex.device.cpu.kernel.PortableLinear;
import io.drex.device.cpu.onednn.NeedsOneDnn;
import io.drex.model.DType;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchCheckTest {
  private static final Tensor WEIGHTS = weights();

  private static Tensor weights() {
    LoadedModel model = TinyModel.random(1, DType.BF16);
    return model.tensor(model.spec().family().layer(0, LayerTensor.UP));
  }

  @ParameterizedTest
  @EnumSource(CpuProvider.class)
  void holdsForEveryProvider(CpuProvider provider) {
    if (provider == CpuProvider.ONEDNN) {
      NeedsOneDnn.check();
    }
    assertThat(BatchCheck.holds(provider, WEIGHTS)).isTrue();
  }

  @Test
  void seesARowThatDependsOnHowManyRowsThereAre() {
    assertThat(holds((rows, worker) -> rows > 60)).isFalse();
  }

  @Test
  void seesARowThatDependsOnTheWorker() {
    assertThat(holds((rows, worker) -> worker == 1)).isFalse();
    assertThat(holds((rows, worker) -> worker == 1 && rows == 1)).isFalse();
    assertThat(holds((rows, worker) -> false)).isTrue();
  }

  /** Which calls are off by one bit. */
  private interface Fault {
    boolean hits(int rows, int worker);
  }

  private static boolean holds(Fault fault) {
    LinearKernel.Provider faulty = kernels -> new Faulty(kernels, fault);
    try (LinearTrial one =
            LinearTrial.open(KernelKind.SCALAR, faulty, 1, WEIGHTS, 1, BatchCheck.MOST_ROWS);
        LinearTrial two =
            LinearTrial.open(KernelKind.SCALAR, faulty, 2, WEIGHTS, 1, BatchCheck.MOST_ROWS)) {
      return BatchCheck.holds(one, two);
    }
  }

  private static final class Faulty implements LinearKernel {
    private final PortableLinear portable;
    private final Fault fault;

    Faulty(Kernels[] kernels, Fault fault) {
      portable = new PortableLinear(kernels);
      this.fault = fault;
    }

    @Override
    public PackedMatrix pack(Tensor... tensors) {
      return portable.pack(tensors);
    }

    @Override
    public Panel inputs(int rows, int width, int stride) {
      return portable.inputs(rows, width, stride);
    }

    @Override
    public void written(Panel x, int row, int from, int to, int worker) {
      portable.written(x, row, from, to, worker);
    }

    @Override
    public void linear(
        PackedMatrix w, Panel x, Panel y, int rows, int fromSlice, int toSlice, int worker) {
      portable.linear(w, x, y, rows, fromSlice, toSlice, worker);
      if (fault.hits(rows, worker)) {
        int at = fromSlice * w.sliceOutputs();
        y.data()[at] = Math.nextUp(y.data()[at]);
      }
    }

    @Override
    public void close() {
      portable.close();
    }
  }
}
