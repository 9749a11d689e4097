package io.drex.device.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.DeviceException;
import io.drex.device.cpu.kernel.AttentionShape;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.Kernels;
import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.Panel;
import io.drex.device.cpu.kernel.PortableLinear;
import io.drex.model.DType;
import io.drex.model.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OneDnnLinearTest {
  /** What rounding both factors of each product to bf16 may cost, of the sum of their sizes. */
  private static final float TOLERANCE = 1f / 256;

  /** Batches differ on every machine, tiles do not: as if this machine were such a one. */
  private static final BatchInvariance ONLY_IN_TILES =
      new BatchInvariance() {
        @Override
        public boolean holds(Trial trial, int[] sizes) {
          return false;
        }

        @Override
        public boolean holdsInTiles(Trial trial, int tile) {
          return MEASURED.holdsInTiles(trial, tile);
        }
      };

  private enum Mode {
    FREE(BatchInvariance.MEASURED),
    TILES(ONLY_IN_TILES);

    private final BatchInvariance invariance;

    Mode(BatchInvariance invariance) {
      this.invariance = invariance;
    }
  }

  @BeforeEach
  void needsOneDnn() {
    NeedsOneDnn.check();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, FREE",
    "2, 3, FREE",
    "33, 31, FREE",
    "64, 128, FREE",
    "127, 129, FREE",
    "192, 512, FREE",
    "512, 192, FREE",
    "100, 300, TILES",
    "192, 128, TILES"
  })
  void agreesWithTheScalarKernels(int inputs, int outputs, Mode mode) {
    Random random = new Random(inputs);
    Tensor weights = tensor(random, DType.BF16, outputs, inputs);
    float[] x = floats(random, 300 * inputs);
    try (LinearKernel oneDnn = open(1, mode)) {
      float[] fast = run(oneDnn, oneDnn.pack(weights), x, 300, inputs, 0);
      for (int i = 0; i < x.length; i++) {
        x[i] = rounded(x[i]);
      }
      LinearKernel scalar = new PortableLinear(kernels(1));
      float[] exact = run(scalar, scalar.pack(weights), x, 300, inputs, 0);
      float scale = (float) Math.sqrt(inputs);
      for (int i = 0; i < exact.length; i++) {
        assertThat(Math.abs(fast[i] - exact[i])).as("output %d", i).isLessThan(TOLERANCE * scale);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aRowsBitsDependNeitherOnItsBatchNorOnTheWorkers(Mode mode) {
    int inputs = 192;
    int outputs = 300;
    Random random = new Random(1);
    Tensor weights = tensor(random, DType.BF16, outputs, inputs);
    float[] x = floats(random, 300 * inputs);
    float[] all;
    try (LinearKernel oneDnn = open(1, mode)) {
      all = run(oneDnn, oneDnn.pack(weights), x, 300, inputs, 0);
    }
    for (int workers : new int[] {1, 2, 4}) {
      try (LinearKernel oneDnn = open(workers, mode);
          Threads threads = new Threads(workers)) {
        PackedMatrix w = oneDnn.pack(weights);
        for (int rows = 1; rows <= 256; rows += rows < 70 ? 1 : 31) {
          int first = rows * 7 % (300 - rows);
          float[] some = Arrays.copyOfRange(x, first * inputs, (first + rows) * inputs);
          float[] y = run(oneDnn, w, some, rows, inputs, 0, threads);
          int at = first * w.paddedOutputs();
          assertThat(Arrays.mismatch(y, 0, y.length, all, at, at + y.length))
              .as("%d rows, %d workers", rows, workers)
              .isNegative();
        }
      }
    }
  }

  @Test
  void rowsOfActivationsMayBeLongerThanTheInputs() {
    Random random = new Random(1);
    Tensor weights = tensor(random, DType.BF16, 150, 40);
    float[] x = floats(random, 5 * 40);
    try (LinearKernel oneDnn = open(1, Mode.FREE)) {
      PackedMatrix w = oneDnn.pack(weights);
      assertThat(run(oneDnn, w, x, 5, 40, 24)).isEqualTo(run(oneDnn, w, x, 5, 40, 0));
    }
  }

  @Test
  void rowsOfActivationsThatAreNotAsLongAsTheInputsAreRefused() {
    Tensor weights = tensor(new Random(1), DType.BF16, 150, 40);
    try (LinearKernel oneDnn = open(1, Mode.FREE)) {
      PackedMatrix w = oneDnn.pack(weights);
      Panel x = oneDnn.inputs(1, 48);
      Panel y = Panel.allocate(1, w.paddedOutputs());
      assertThatThrownBy(() -> oneDnn.linear(w, x, y, 1, 0, 1, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("rows of 48 values for 40 inputs");
    }
  }

  @Test
  void matricesThatWorkersWouldShareOutDifferentlyAreRefused() {
    Random random = new Random(1);
    try (LinearKernel oneDnn = open(1, Mode.FREE)) {
      PackedMatrix gate = oneDnn.pack(tensor(random, DType.BF16, 150, 40));
      PackedMatrix up = oneDnn.pack(tensor(random, DType.F32, 150, 40));
      gate.requireSlicedLike(oneDnn.pack(tensor(random, DType.BF16, 150, 40)), "both");
      assertThatThrownBy(() -> gate.requireSlicedLike(up, "gate and up projection of layer 3"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "gate and up projection of layer 3 are of different types: one is kept in slices of"
                  + " 128 outputs, the other of 48; store both in one type, or run with --device"
                  + " cpu:vector");
    }
  }

  @Test
  void packedRowsAreReadBackWithoutLoss() {
    Random random = new Random(1);
    Tensor[] weights = {tensor(random, DType.BF16, 100, 70), tensor(random, DType.BF16, 201, 70)};
    try (LinearKernel oneDnn = open(1, Mode.FREE)) {
      PackedMatrix w = oneDnn.pack(weights);
      PackedMatrix plain = PackedMatrix.pack(weights);
      assertThat(w.outputs()).isEqualTo(301);
      float[] row = new float[72];
      float[] expected = new float[72];
      for (int i = 0; i < w.outputs(); i++) {
        w.copyOutput(i, row, 1);
        plain.copyOutput(i, expected, 1);
        assertThat(row).as("output %d", i).isEqualTo(expected);
      }
    }
  }

  @Test
  void floatWeightsStayOnTheOtherKernels() {
    Random random = new Random(1);
    Tensor weights = tensor(random, DType.F32, 50, 30);
    float[] x = floats(random, 3 * 30);
    try (LinearKernel oneDnn = open(1, Mode.FREE)) {
      LinearKernel portable = new PortableLinear(kernels(1));
      assertThat(run(oneDnn, oneDnn.pack(weights), x, 3, 30, 0))
          .isEqualTo(run(portable, portable.pack(weights), x, 3, 30, 0));
    }
  }

  @Test
  void whatIsNotANumberStaysSo() {
    Random random = new Random(1);
    Tensor weights = tensor(random, DType.BF16, 48, 32);
    float[] x = floats(random, 4 * 32);
    x[32] = Float.NaN;
    x[64] = Float.POSITIVE_INFINITY;
    try (LinearKernel oneDnn = open(1, Mode.FREE)) {
      float[] y = run(oneDnn, oneDnn.pack(weights), x, 4, 32, 0);
      assertThat(Float.isFinite(y[47])).isTrue();
      assertThat(y[48]).isNaN();
      assertThat(Float.isFinite(y[96])).isFalse();
      assertThat(Float.isFinite(y[144])).isTrue();
    }
  }

  @Test
  void aMachineOnWhichEvenTilesDifferIsRefused() {
    BatchInvariance never =
        new BatchInvariance() {
          @Override
          public boolean holds(Trial trial, int[] sizes) {
            return false;
          }

          @Override
          public boolean holdsInTiles(Trial trial, int tile) {
            return false;
          }
        };
    try (LinearKernel oneDnn = OneDnnLinear.open(kernels(1), never)) {
      Tensor weights = tensor(new Random(1), DType.BF16, 32, 64);
      assertThatThrownBy(() -> oneDnn.pack(weights))
          .isInstanceOf(DeviceException.class)
          .hasMessage(
              "oneDNN's outputs for 64 × 32 weights change with the rows beside a row; run with"
                  + " --device cpu:vector");
    }
  }

  @Test
  void oneDnnStartsNoThreads() throws IOException {
    Tensor weights = tensor(new Random(1), DType.BF16, 512, 512);
    try (LinearKernel oneDnn = open(1, Mode.FREE)) {
      PackedMatrix w = oneDnn.pack(weights);
      long before = openMpThreads();
      run(oneDnn, w, floats(new Random(2), 256 * 512), 256, 512, 0);
      assertThat(openMpThreads()).isEqualTo(before);
    }
  }

  /** A thread that has no name of its own has that of the process, and Java names all of its. */
  private static long openMpThreads() throws IOException {
    String first = Files.readString(Path.of("/proc/self/comm"));
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.filter(task -> name(task).equals(first)).count();
    }
  }

  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm"));
    } catch (IOException e) {
      return "ended";
    }
  }

  private static LinearKernel open(int workers, Mode mode) {
    return OneDnnLinear.open(kernels(workers), mode.invariance);
  }

  private static Kernels[] kernels(int workers) {
    Kernels[] kernels = new Kernels[workers];
    Arrays.setAll(kernels, i -> KernelKind.SCALAR.create(new AttentionShape(1, 1, 2, 4)));
    return kernels;
  }

  /** As many as there are workers, each of which takes its share of the slices. */
  private static final class Threads implements AutoCloseable {
    private final ExecutorService pool;
    private final int workers;

    Threads(int workers) {
      this.workers = workers;
      pool = Executors.newFixedThreadPool(workers);
    }

    void run(LinearKernel kernel, PackedMatrix w, Panel from, Panel to, int rows) {
      List<Future<?>> shares = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        int worker = i;
        int first = w.slices() * worker / workers;
        int end = w.slices() * (worker + 1) / workers;
        shares.add(pool.submit(() -> kernel.linear(w, from, to, rows, first, end, worker)));
      }
      for (Future<?> share : shares) {
        assertThat(share).succeedsWithin(Duration.ofMinutes(1));
      }
    }

    @Override
    public void close() {
      pool.shutdownNow();
    }
  }

  private static float[] run(
      LinearKernel kernel, PackedMatrix w, float[] x, int rows, int inputs, int further) {
    try (Threads one = new Threads(1)) {
      return run(kernel, w, x, rows, inputs, further, one);
    }
  }

  /**
   * @param further columns of the panel that no layer reads
   */
  private static float[] run(
      LinearKernel kernel,
      PackedMatrix w,
      float[] x,
      int rows,
      int inputs,
      int further,
      Threads threads) {
    Panel from = kernel.inputs(rows, inputs, inputs + further);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, row * inputs, from.data(), from.at(row), inputs);
      kernel.written(from, row, 0, inputs / 2, 0);
      kernel.written(from, row, inputs / 2, inputs, 0);
    }
    Panel to = Panel.allocate(rows, w.paddedOutputs());
    threads.run(kernel, w, from, to, rows);
    return to.data();
  }

  private static float rounded(float value) {
    short[] bf16 = new short[1];
    KernelKind.SCALAR
        .create(new AttentionShape(1, 1, 2, 4))
        .roundToBf16(new float[] {value}, 0, 1, bf16);
    return Float.intBitsToFloat(bf16[0] << 16);
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Tensor tensor(Random random, DType dtype, int rows, int columns) {
    int elements = rows * columns;
    ByteBuffer data = ByteBuffer.allocate(elements * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      float value = (float) random.nextGaussian();
      switch (dtype) {
        case F32 -> data.putFloat(value);
        case BF16 -> data.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      }
    }
    return new Tensor("w", dtype, List.of((long) rows, (long) columns), data.flip());
  }
}
