package io.drex.device.cuda;

import static io.drex.device.cuda.KernelCase.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Pointer;
import io.drex.device.RowBatch;
import io.drex.device.cuda.Gemm.Operands;
import io.drex.device.cuda.driver.Cuda;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Linear layers by cuBLAS against those on our own kernels, on the emulated driver. */
@Tag("own-jvm")
class EmulatedLibraryGemmTest {
  private static final int MAX_ROWS = 80;

  private static Emulation emulation;

  @BeforeAll
  static void load() {
    emulation = Emulation.load();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void storesWhatOurKernelsStore(long seed) {
    try (Case it = new Case(seed)) {
      int stride = it.matrix.outputs() + 3;
      Operands operands = new Operands(it.matrix, it.inputs, it.outputs, stride);
      for (long bias : new long[] {0, it.gaussians((long) stride * Float.BYTES)}) {
        Linear own = LinearLayers.OWN.storing(it.step, operands, bias);
        it.compareF32(own, LibraryGemm.storing(it.shared, own, it.step, operands, bias));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2047, 2047", "2048, 2048", "2049, 1025", "2100, 1050", "4096, 2048", "4097, 1366"})
  void splitsRowsEvenly(int rows, int ofPart) {
    assertThat(LibraryGemm.rowsOfPart(rows, 2048)).isEqualTo(ofPart);
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 6, 7})
  void addsWhatOurKernelsAdd(long seed) {
    try (Case it = new Case(seed)) {
      Operands operands = new Operands(it.matrix, it.inputs, it.outputs, it.matrix.outputs());
      Linear own = LinearLayers.OWN.adding(it.step, operands, it.outputs);
      it.compareF32(own, LibraryGemm.adding(it.shared, own, it.step, operands, it.outputs));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {8, 9, 10})
  void gatesAsOurKernelsGate(long seed) {
    try (Case it = new Case(seed)) {
      int outputs = it.matrix.outputTiles() * Matrix.TILE;
      Matrix gateAndUp = new Matrix(it.matrix.tiles(), outputs, it.matrix.inputs());
      Operands operands = new Operands(gateAndUp, it.inputs, it.outputs, outputs / 2);
      Linear own = LinearLayers.OWN.gating(it.step, operands);
      it.compareBf16(own, LibraryGemm.gating(it.shared, own, it.step, operands));
    }
  }

  /**
   * A layer of random shape over random rows. All memory has random values of bf16, which are
   * numbers as floats, too; the emulated device's lies in this process.
   */
  private static final class Case implements AutoCloseable {
    private final CudaDriver driver = Cuda.open("");
    private final DeviceMemory memory = new DeviceMemory(driver);
    private final Random random;
    private final StepArgs step;
    private final int rows;
    private final Matrix matrix;
    private final long inputs; // bf16, [row][padded inputs]
    private final long outputs; // float, [row or slot][output], and more
    private final long outputBytes;
    private final PinnedMemory before; // what is in the outputs before a layer runs
    private final LibraryGemm.Shared shared;

    Case(long seed) {
      random = new Random(seed);
      rows = 1 + random.nextInt(MAX_ROWS);
      step = new StepArgs(KernelSet.load(driver, memory), memory, MAX_ROWS);
      step.setRows(0, promptRows());
      step.upload();
      int width = 1 + random.nextInt(90);
      int inputCount = 1 + random.nextInt(200);
      matrix = new Matrix(gaussians(Matrix.bytes(width, inputCount)), width, inputCount);
      inputs = gaussians((long) rows * Matrix.padded(inputCount) * Short.BYTES);
      outputBytes = (long) MAX_ROWS * (width + 3) * Float.BYTES;
      before = pinned(outputBytes);
      outputs = memory.allocate("outputs", outputBytes);
      long weights = memory.allocate("weights as rows", matrix.bytes());
      long sums = memory.allocate("sums", (long) rows * Matrix.padded(width) * Float.BYTES);
      shared =
          new LibraryGemm.Shared(LibraryLayers.open(Emulation.cublas(), memory), 1, weights, sums);
    }

    /** Rows of a prompt, whose slots are in another order. */
    private RowBatch promptRows() {
      RowBatch batch = new RowBatch(MAX_ROWS, new int[1][1][MAX_ROWS]);
      batch.rows = rows;
      for (int row = 0; row < rows; row++) {
        batch.position[row] = row;
        batch.slot[row] = MAX_ROWS - 1 - row;
        batch.prompt[row] = true;
      }
      return batch;
    }

    private long gaussians(long bytes) {
      long address = memory.allocate("operands", bytes);
      driver.upload(pinned(bytes), address, bytes);
      return address;
    }

    private PinnedMemory pinned(long bytes) {
      PinnedMemory pinned = memory.pin(bytes);
      for (int at = 0; at < bytes; at += Short.BYTES) {
        pinned.bytes().putShort(at, Bf16.bits((float) random.nextGaussian()));
      }
      return pinned;
    }

    private void compareF32(Linear own, Linear library) {
      float[] ofOwn = run(own).getFloatArray(0, (int) (outputBytes / Float.BYTES));
      float[] ofLibrary = multiply(library).getFloatArray(0, ofOwn.length);
      assertClose(ofLibrary, doubles(ofOwn), KernelCase.F32);
    }

    private void compareBf16(Linear own, Linear library) {
      int elements = (int) (outputBytes / Short.BYTES);
      float[] ofOwn = values(run(own).getShortArray(0, elements));
      float[] ofLibrary = values(multiply(library).getShortArray(0, elements));
      assertClose(ofLibrary, doubles(ofOwn), KernelCase.BF16);
    }

    private Pointer multiply(Linear library) {
      long products = emulation.calls("cublasGemmEx");
      Pointer out = run(library);
      assertThat(emulation.calls("cublasGemmEx")).isEqualTo(products + 1);
      return out;
    }

    /** Runs a layer over the same outputs as any other; returns where they are. */
    private Pointer run(Linear layer) {
      driver.upload(before, outputs, outputBytes);
      layer.run(rows);
      driver.finish();
      return new Pointer(outputs);
    }

    private static float[] values(short[] bits) {
      float[] values = new float[bits.length];
      for (int i = 0; i < bits.length; i++) {
        values[i] = Bf16.value(bits[i]);
      }
      return values;
    }

    private static double[] doubles(float[] values) {
      double[] doubles = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        doubles[i] = values[i];
      }
      return doubles;
    }

    @Override
    public void close() {
      memory.close();
      driver.close();
    }
  }
}
