package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.Availability;
import io.drex.device.DeviceOptions;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.TinyModel;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the probe says of drivers and GPUs (E5), in JVMs of its own, as it asks once. */
class EmulatedProbeTest {
  @Test
  void namesTheGpuThatIsThere() throws Exception {
    assertThat(probe(Map.of()))
        .matches(
            "(?s)Available\\[description=.+, compute capability \\d\\.\\d, .+, driver for CUDA"
                + " 12\\.2\\]\n.*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DREX_EMU_INIT   | 100   | the NVIDIA driver shows no GPU to this process",
        "DREX_EMU_INIT   | 803   | the NVIDIA driver does not start: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)",
        "DREX_EMU_DRIVER | 11080 | the NVIDIA driver serves CUDA 11.8 at most",
        "DREX_EMU_CC     | 75    | has compute capability 7.5",
      })
  void saysWhatIsWrongWithTheMachine(String variable, String value, String reason)
      throws Exception {
    assertThat(probe(Map.of(variable, value)))
        .startsWith("Unavailable[")
        .contains(reason)
        .contains("use --device cpu")
        .contains("DeviceException: device cuda: ");
  }

  @ParameterizedTest
  @CsvSource({"90, PTX for sm_90a", "89, PTX for sm_80 and later"})
  void tellsMemoryAndKernels(String capability, String kernels) throws Exception {
    assertThat(probe(Map.of("DREX_EMU_CC", capability)))
        .contains("[GPUs shown: 0 (GPU-00000000-0000-0000-0000-000000000000, 0000:3a:00.0), ")
        .containsPattern(", memory: \\d+\\.\\d GiB, \\d+\\.\\d free, ")
        .contains(", kernels: " + kernels + ", which the driver compiles]");
  }

  @ParameterizedTest
  @CsvSource({
    "cuda, 0000:3a:00.0",
    "cuda:1, 0000:3b:00.0",
    "cuda:GPU-00000000-0000-0000-0000-000000000001, 0000:3b:00.0",
    "cuda:00000000:3B:00.0, 0000:3b:00.0"
  })
  void findsTheGpuThatIsNamed(String device, String pciId) throws Exception {
    assertThat(probe(Map.of("DREX_EMU_GPUS", "2"), device))
        .startsWith("Available[")
        .contains(", at " + pciId + ", ")
        .endsWith("opened\n");
  }

  @Test
  void namesTheGpusThatThereAre() throws Exception {
    assertThat(probe(Map.of("DREX_EMU_GPUS", "2", "CUDA_VISIBLE_DEVICES", "4,5"), "cuda:7"))
        .startsWith(
            "Unavailable[reason=there is no GPU 7: the driver shows"
                + " 0 (GPU-00000000-0000-0000-0000-000000000000, 0000:3a:00.0),"
                + " 1 (GPU-00000000-0000-0000-0000-000000000001, 0000:3b:00.0),"
                + " remedy=name one of these by number, UUID or PCI id;"
                + " check CUDA_VISIBLE_DEVICES (4,5), ");
  }

  @Test
  void namesTheCublasThatIsThere() throws Exception {
    String folder = EmulatedDriver.cublas().toString();
    assertThat(probe(Map.of("DREX_CUBLAS", folder), "cuda:fast:0"))
        .startsWith("Available[")
        .contains(", cuBLAS 12.2.5 (" + folder + "/libcublas.so.12)]\n")
        .contains("\ncuda/fast-1/cublas-12.2.5/sm_90\n")
        .contains(", cuBLAS: for calls of 1024 prompt rows or more]\n")
        .endsWith("opened\n");
  }

  @Test
  void aCublasThatIsMissingIsNeverReplacedBySomethingElse() throws Exception {
    assertThat(probe(Map.of("DREX_CUBLAS", "/nowhere"), "cuda:fast"))
        .startsWith(
            "Unavailable[reason=no cuBLAS that a driver for CUDA 12.2 serves: no libcublas.so.12 in"
                + " /nowhere, which DREX_CUBLAS names, remedy=install the CUDA toolkit or ")
        .contains("use --device cuda]\ncuda/fast-1\n")
        .contains("DeviceException: device cuda:fast: no cuBLAS ");
  }

  private static String probe(Map<String, String> environment)
      throws IOException, InterruptedException {
    return probe(environment, "cuda");
  }

  private static String probe(Map<String, String> environment, String device)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            EmulatedProbeTest.class.getName(),
            device);
    builder.environment().putAll(environment);
    builder
        .environment()
        .put("LD_LIBRARY_PATH", String.valueOf(EmulatedDriver.library().getParent()));
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  /** Prints what the probe of a device says, and what opening a model does. */
  public static void main(String[] args) {
    CudaBackend backend = CudaBackend.named(args[0]);
    System.out.println(backend.probe());
    System.out.println(backend.implementation());
    if (backend.probe() instanceof Availability.Available) {
      System.out.println(backend.details());
    }
    LoadedModel model = TinyModel.random(1, DType.BF16);
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, 1, 1);
    try {
      backend.open(model, options).close();
      System.out.println("opened");
    } catch (RuntimeException e) {
      System.out.println(e);
    }
  }
}
