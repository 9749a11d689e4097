package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The emulated driver finds what it is there to find. */
class EmulatorTest {
  private static final int INVALID_VALUE = 1;
  private static final int OUT_OF_MEMORY = 2;
  private static final int NOT_FOUND = 500;
  private static final int NOT_READY = 600;
  private static final int ILLEGAL_ADDRESS = 700;
  private static final int NOT_IN_CAPTURE = 900;
  private static final int BROKEN_CAPTURE = 901;
  private static final int POISON = 0xCDCDCDCD;

  @Test
  void whatWasQueuedHappensWhenSomethingMustSeeIt() {
    try (TestGpu gpu = TestGpu.emulated()) {
      Pointer stream = pointer(gpu, "cuStreamCreate", 1);
      Pointer event = pointer(gpu, "cuEventCreate", 0);
      Pointer pinned = pointer(gpu, "cuMemHostAlloc", 4L, 0);
      DeviceArray device = gpu.ints(7);
      gpu.call("cuMemcpyDtoHAsync_v2", pinned, device.address(), 4L, stream);
      gpu.call("cuEventRecord", event, stream);
      assertThat(pinned.getInt(0)).isEqualTo(POISON);
      assertThat(gpu.code("cuEventQuery", event)).isEqualTo(NOT_READY);
      assertThat(gpu.code("cuEventQuery", event)).isZero();
      assertThat(pinned.getInt(0)).isEqualTo(7);
      gpu.call("cuMemFreeHost", pinned);
      gpu.call("cuEventDestroy_v2", event);
      gpu.call("cuStreamDestroy_v2", stream);
    }
  }

  @Test
  void aGraphReplaysWhatItsStreamCaptured() {
    try (TestGpu gpu = TestGpu.emulated()) {
      Pointer stream = pointer(gpu, "cuStreamCreate", 1);
      DeviceArray from = gpu.ints(1);
      DeviceArray to = gpu.ints(0);
      gpu.call("cuStreamBeginCapture_v2", stream, 0);
      gpu.call("cuMemcpyDtoDAsync_v2", to.address(), from.address(), 4L, stream);
      Memory graph = new Memory(8);
      gpu.call("cuStreamEndCapture", stream, graph);
      Pointer executable = pointer(gpu, "cuGraphInstantiateWithFlags", graph.getPointer(0), 0L);
      gpu.call("cuStreamSynchronize", stream);
      assertThat(to.readInts()).containsExactly(0);
      for (int value = 2; value < 4; value++) {
        from.memory().setInt(0, value);
        from.uploaded();
        gpu.call("cuGraphLaunch", executable, stream);
        gpu.call("cuStreamSynchronize", stream);
        assertThat(to.readInts()).containsExactly(value);
      }
      gpu.call("cuGraphExecDestroy", executable);
      gpu.call("cuGraphDestroy", graph.getPointer(0));
      gpu.call("cuStreamDestroy_v2", stream);
    }
  }

  @Test
  void aGraphKeepsTheArgumentsThatItsLaunchesHad() {
    try (TestGpu gpu = TestGpu.emulated()) {
      Pointer stream = pointer(gpu, "cuStreamCreate", 1);
      Pointer function = gpu.function("drex_attn_plan");
      StepBuilder step = StepBuilder.random(new Random(1), 4, 3, 9);
      DeviceArray args = step.upload(gpu);
      DeviceArray plan = gpu.allocate(4L * (4 + 4 + 3));
      Memory values = gpu.values(args, step.maxRows, plan, 0, 2);
      gpu.call("cuStreamBeginCapture_v2", stream, 1);
      gpu.launch(function, stream, 256, values);
      values.setInt(4 * 8, 3);
      Memory graph = new Memory(8);
      gpu.call("cuStreamEndCapture", stream, graph);
      Pointer executable = pointer(gpu, "cuGraphInstantiateWithFlags", graph.getPointer(0), 0L);
      gpu.call("cuGraphLaunch", executable, stream);
      gpu.call("cuStreamSynchronize", stream);
      assertThat(plan.readInts()[2]).isEqualTo(2);
      gpu.call("cuGraphExecDestroy", executable);
      gpu.call("cuGraphDestroy", graph.getPointer(0));
      gpu.call("cuStreamDestroy_v2", stream);
    }
  }

  @Test
  void aCaptureDoesNotOutliveAWait() {
    try (TestGpu gpu = TestGpu.emulated()) {
      Pointer stream = pointer(gpu, "cuStreamCreate", 1);
      gpu.call("cuStreamBeginCapture_v2", stream, 1);
      assertThat(gpu.code("cuStreamQuery", stream)).isEqualTo(NOT_IN_CAPTURE);
      assertThat(gpu.code("cuStreamEndCapture", stream, new Memory(8))).isEqualTo(BROKEN_CAPTURE);
      assertThat(gpu.code("cuStreamQuery", stream)).isZero();
      gpu.call("cuStreamDestroy_v2", stream);
    }
  }

  @Test
  void failsTheCallThatATestNames() {
    try (TestGpu gpu = TestGpu.emulated()) {
      gpu.code("drexEmuFail", "cuMemAlloc", 2, OUT_OF_MEMORY);
      Memory out = new Memory(8);
      gpu.allocate(4);
      assertThat(gpu.code("cuMemAlloc_v2", out, 4L)).isEqualTo(OUT_OF_MEMORY);
      gpu.allocate(4);
    }
  }

  @Test
  void anIllegalAddressLastsUntilTheProcessEnds() {
    try (TestGpu gpu = TestGpu.emulated()) {
      gpu.code("drexEmuFail", "cuCtxSynchronize", 1, ILLEGAL_ADDRESS);
      assertThat(gpu.code("cuCtxSynchronize")).isEqualTo(ILLEGAL_ADDRESS);
      assertThat(gpu.code("cuMemGetInfo_v2", new Memory(8), new Memory(8)))
          .isEqualTo(ILLEGAL_ADDRESS);
      gpu.code("drexEmuReset");
      gpu.call("cuCtxSynchronize");
    }
  }

  @Test
  void memoryIsPoisonedAndEnds() {
    try (TestGpu gpu = TestGpu.emulated()) {
      Memory out = new Memory(8);
      gpu.call("cuMemAlloc_v2", out, 12L);
      Memory host = new Memory(16);
      gpu.call("cuMemcpyDtoH_v2", host, out.getLong(0), 12L);
      assertThat(host.getIntArray(0, 3)).containsOnly(POISON);
      assertThat(gpu.code("cuMemcpyDtoH_v2", host, out.getLong(0), 16L)).isEqualTo(INVALID_VALUE);
      gpu.call("cuMemFree_v2", out.getLong(0));
      assertThat(gpu.code("cuMemAlloc_v2", out, 1L << 50)).isEqualTo(OUT_OF_MEMORY);
    }
  }

  @Test
  void sharedMemoryIsPoisoned() {
    String kernel = "drex_broken_shared";
    try (TestGpu gpu = TestGpu.emulated(BrokenKernel.module(kernel))) {
      DeviceArray out = gpu.allocate(4 * 32);
      gpu.launch(kernel, 1, 1, 1, 32, out);
      assertThat(out.readInts()).containsOnly(POISON);
    }
  }

  @Test
  void aKernelMustBeInSourcesAndPtx() {
    try (TestGpu gpu = TestGpu.emulated(BrokenKernel.module("drex_of_no_source"))) {
      assertThat(gpu.findCode("drex_of_no_source")).isEqualTo(NOT_FOUND);
      assertThat(gpu.findCode("drex_embed_gather")).isEqualTo(NOT_FOUND);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "drex_broken_block_barrier, part at a barrier at",
    "drex_broken_shuffle, lanes of a warp part at a barrier at",
    "drex_broken_bounds, wrote past the end",
  })
  void endsTheProcessOfABrokenKernel(String kernel, String message) throws Exception {
    EmulatedDriver.kernels();
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:-CreateCoredumpOnCrash",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    BrokenKernel.class.getName(),
                    kernel))
            .redirectErrorStream(true)
            .start();
    String output = read(process);
    assertThat(process.waitFor()).as(output).isNotZero();
    assertThat(output).contains("emulated GPU: ", message);
  }

  private static String read(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** What a function that makes something says it made. */
  private static Pointer pointer(TestGpu gpu, String function, Object... arguments) {
    Memory out = new Memory(8);
    Object[] all = new Object[arguments.length + 1];
    all[0] = out;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    gpu.call(function, all);
    return out.getPointer(0);
  }
}
