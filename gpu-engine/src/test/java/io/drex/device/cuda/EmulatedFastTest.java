package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.Availability;
import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.DeviceOutOfMemoryException;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.LockstepDecoder.Step;
import io.drex.device.RowBatch;
import io.drex.device.TinyModel;
import io.drex.device.cuda.cublas.Cublas;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When cuBLAS multiplies, and what becomes of its errors, on the emulated driver. */
@Tag("own-jvm")
class EmulatedFastTest {
  private static final String MULTIPLY = "cublasGemmEx";
  private static final int NOT_INITIALIZED = 1;
  private static final int ALLOC_FAILED = 3;
  private static final int ARCH_MISMATCH = 8;
  private static final int EXECUTION_FAILED = 13;
  private static final int ROWS = 5;

  private static Emulation emulation;

  private final LoadedModel model = TinyModel.random(4, DType.BF16);

  @BeforeAll
  static void load() {
    emulation = Emulation.load();
  }

  @AfterEach
  void everythingWasGivenBack() {
    emulation.reset();
    assertThat(emulation.allocatedBytes()).isZero();
    assertThat(emulation.calls("cublasDestroy")).isEqualTo(made());
  }

  private static long made() {
    return emulation.calls("cublasSetStream"); // the first call of a handle that was made
  }

  private static CudaBackend fast(int leastPromptRows) {
    return new CudaBackend(new Determinism.Fast(leastPromptRows, Emulation::cublas), "");
  }

  @Test
  void callsOfFewerPromptRowsHaveTheBitsOfCuda() {
    List<int[]> prompts = prompts(2, 20);
    List<List<Step>> strict = decode(new CudaBackend(), prompts, 16);
    long before = emulation.calls(MULTIPLY);
    assertThat(decode(fast(33), prompts, 16)).isEqualTo(strict);
    assertThat(emulation.calls(MULTIPLY)).as("the first, at open").isEqualTo(before + 1);
    assertThat(decode(fast(32), prompts, 16)).hasSameSizeAs(strict);
    assertThat(emulation.calls(MULTIPLY))
        .as("of the first of two chunks")
        .isEqualTo(before + 2 + 24);
  }

  @Test
  void aModelWithoutSoLargeCallsOpensNoCublas() {
    long before = made();
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, 1, 1);
    fast(options.maxPrefillTokens() + 1).open(model, options).close();
    assertThat(made()).isEqualTo(before);
    fast(options.maxPrefillTokens()).open(model, options).close();
    assertThat(made()).isEqualTo(before + 1);
  }

  /** More rows than the memory for sums holds; Q, K and V are stored without it. */
  @Test
  void multipliesManyRowsPartByPart() {
    List<int[]> prompts = prompts(8, 260);
    assertThat(8 * 260).isGreaterThan(LibraryGemm.MOST_ROWS);
    long before = emulation.calls(MULTIPLY);
    List<Step> fast = first(decode(fast(1024), prompts, 260));
    assertThat(emulation.calls(MULTIPLY)).isEqualTo(before + 1 + 24 + 24 / 4 * 3);
    List<Step> strict = first(decode(new CudaBackend(), prompts, 260));
    for (int i = 0; i < strict.size(); i++) {
      assertThat(fast.get(i).confidence())
          .as("sequence %d", i)
          .isCloseTo(strict.get(i).confidence(), within(2e-2f));
    }
  }

  private static List<Step> first(List<List<Step>> all) {
    return all.stream().map(steps -> steps.get(0)).toList();
  }

  @Test
  void aProductWithoutMemoryCanRunAgain() {
    try (DeviceModel device = open(fast(1))) {
      RowBatch rows = promptRows();
      HeadReadings out = new HeadReadings(ROWS);
      emulation.fail(MULTIPLY, 3, ALLOC_FAILED);
      assertThatThrownBy(() -> device.runSegment(0, rows, out))
          .isInstanceOf(DeviceOutOfMemoryException.class)
          .hasMessageMatching(
              "cuBLAS cannot multiply 5 rows by \\d+ × \\d+ weights:"
                  + " CUBLAS_STATUS_ALLOC_FAILED \\(3\\)");
      device.runSegment(0, rows, out);
      assertThat(out.token[0]).isBetween(0, TinyModel.VOCAB - 1);
    }
  }

  @Test
  void anyOtherErrorLosesTheDevice() {
    try (DeviceModel device = open(fast(1))) {
      emulation.fail(MULTIPLY, 1, EXECUTION_FAILED);
      assertThatThrownBy(() -> device.runSegment(0, promptRows(), new HeadReadings(ROWS)))
          .isInstanceOf(DeviceLostException.class)
          .hasMessageEndingWith(": CUBLAS_STATUS_EXECUTION_FAILED (13)");
    }
  }

  @Test
  void aCublasOfAnotherVersionIsRefused() {
    Path file = EmulatedDriver.cublas().resolve("libcublas.so.12");
    assertThat(missing(file, 11_080))
        .isEqualTo(
            file
                + " is cuBLAS 12.2.5: versions 13 and 12 are used, none newer than the driver's"
                + " CUDA, which is 11.8");
  }

  @Test
  void aLibraryWithoutCublassFunctionsIsRefused() {
    Path file = EmulatedDriver.cublas().resolve("libcublasLt.so.12");
    assertThat(missing(file, 12_020))
        .startsWith(file + " cannot be loaded: Error looking up function 'cublasCreate_v2'");
  }

  private static String missing(Path file, int driverVersion) {
    Availability found =
        Cublas.search(Map.of("DREX_CUBLAS", file.toString()), driverVersion).availability();
    assertThat(found).isInstanceOf(Availability.Unavailable.class);
    return ((Availability.Unavailable) found).reason();
  }

  @Test
  void aCublasThatDoesNotStartGivesTheGpuBack() {
    emulation.fail("cublasCreate", 1, NOT_INITIALIZED);
    assertThatThrownBy(() -> open(fast(1)))
        .isInstanceOf(DeviceException.class)
        .hasMessageMatching(
            "cuBLAS cannot start on this GPU: CUBLAS_STATUS_NOT_INITIALIZED \\(1\\), with"
                + " \\d+ MiB held by this model, \\d+ MiB free of \\d+ MiB before; if memory lacks, lower slots,"
                + " kvTokens or maxPrefillTokens; if this cuBLAS does not serve the GPU, name"
                + " another with DREX_CUBLAS, or use --device cuda");
    emulation.fail("cublasSetWorkspace", 1, EXECUTION_FAILED);
    assertThatThrownBy(() -> open(fast(1)))
        .hasMessageStartingWith(
            "cuBLAS cannot use a workspace: CUBLAS_STATUS_EXECUTION_FAILED (13)");
  }

  @Test
  void aCublasThatDoesNotServeTheGpuIsRefusedAtOpen() {
    emulation.fail(MULTIPLY, 1, ARCH_MISMATCH);
    assertThatThrownBy(() -> open(fast(1)))
        .isInstanceOf(DeviceLostException.class)
        .hasMessageStartingWith(
            "cuBLAS cannot multiply 16 rows by 16 × 16 weights: "
                + "CUBLAS_STATUS_ARCH_MISMATCH (8), with ");
  }

  @Test
  void aFirstProductWithoutMemorySaysSo() {
    emulation.fail(MULTIPLY, 1, ALLOC_FAILED);
    assertThatThrownBy(() -> open(fast(1)))
        .isInstanceOf(DeviceOutOfMemoryException.class)
        .hasMessageContaining("CUBLAS_STATUS_ALLOC_FAILED (3), with ");
  }

  private DeviceModel open(CudaBackend backend) {
    return backend.open(model, LockstepDecoder.options(model.spec(), KvFill.MAP, 1, 1));
  }

  /** A prompt, whose last row's head is read. */
  private RowBatch promptRows() {
    int segments = model.spec().ramps().size() + 1;
    RowBatch rows = new RowBatch(ROWS, new int[1][segments][TinyModel.MAX_POSITIONS]);
    for (int row = 0; row < ROWS; row++) {
      rows.token[row] = row;
      rows.position[row] = row;
      rows.slot[row] = row + 1;
      rows.prompt[row] = true;
      rows.kvTable[0][0][row] = row;
    }
    rows.rows = ROWS;
    rows.heads = 1;
    rows.headRow[0] = ROWS - 1;
    return rows;
  }

  private static List<int[]> prompts(int count, int length) {
    return IntStream.range(0, count).mapToObj(i -> TinyModel.prompt(i, length)).toList();
  }

  private List<List<Step>> decode(CudaBackend backend, List<int[]> prompts, int chunk) {
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, prompts.size(), 1);
    try (DeviceModel device = backend.open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 3);
      decoder.prefill(prompts, chunk);
      decoder.step();
      return IntStream.range(0, prompts.size()).mapToObj(decoder::steps).toList();
    }
  }
}
