package io.drex.device.cpu;

import io.drex.device.cpu.kernel.AttentionShape;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.Panel;
import io.drex.model.Tensor;

/**
 * Linear layers of one shape that take turns, as a decoder's do, to be timed: enough of them do not
 * stay in the caches. Used by one thread, which is worker 0.
 */
public final class LinearTrial implements AutoCloseable {
  private static final AttentionShape NO_ATTENTION = new AttentionShape(1, 1, 2, 1);

  private final Team team;
  private final PackedMatrix[] layers;
  private final Panel x;
  private final Panel y;
  private final WorkerPool.Region region = this::multiply;
  private PackedMatrix w;
  private int turn;
  private int rows;

  private LinearTrial(Team team, Tensor weights, int count, int maxRows) {
    this.team = team;
    layers = new PackedMatrix[count];
    for (int i = 0; i < count; i++) {
      layers[i] = team.linear().packLayer(weights);
    }
    w = layers[0];
    x = team.linear().inputs(maxRows, w.inputs());
    y = Panel.allocate(maxRows, w.paddedOutputs());
    for (int row = 0; row < maxRows; row++) {
      for (int i = 0; i < w.inputs(); i++) {
        x.data()[x.at(row) + i] = (row * 31 + i * 37) % 101 * .01f - .5f;
      }
      team.linear().written(x, row, 0, w.inputs(), 0);
    }
  }

  /**
   * Packs the weights as a device does, once for each layer.
   *
   * @param provider one that is available
   * @param weights [outputs][inputs]
   * @param count of layers, at least 1
   */
  public static LinearTrial open(
      CpuProvider provider, int threads, Tensor weights, int count, int maxRows) {
    KernelKind kind = provider.kernels(KernelKind::isPresent);
    return open(kind, provider.linear(), threads, weights, count, maxRows);
  }

  static LinearTrial open(
      KernelKind kind,
      LinearKernel.Provider linear,
      int threads,
      Tensor weights,
      int count,
      int maxRows) {
    Team team = Team.start(kind, linear, NO_ATTENTION, threads);
    try {
      return new LinearTrial(team, weights, count, maxRows);
    } catch (RuntimeException | OutOfMemoryError e) {
      team.close();
      throw e;
    }
  }

  /** Bytes of the packed weights, all of which a multiplication reads. */
  public long weightBytes() {
    return w.bytes();
  }

  /** Multiplies the first so many rows by the next layer. */
  public void run(int firstRows) {
    rows = firstRows;
    w = layers[turn];
    turn = (turn + 1) % layers.length;
    team.run(region);
  }

  /** Multiplies the first so many rows, [row][output]. */
  float[] outputs(int firstRows) {
    run(firstRows);
    float[] outputs = new float[firstRows * w.outputs()];
    for (int row = 0; row < firstRows; row++) {
      System.arraycopy(y.data(), y.at(row), outputs, row * w.outputs(), w.outputs());
    }
    return outputs;
  }

  private void multiply(int worker, int workers) {
    team.linear(w, x, y, rows, worker);
  }

  /** What the last run made of a row. */
  float output(int row, int output) {
    return y.data()[y.at(row) + output];
  }

  @Override
  public void close() {
    team.close();
  }
}
