package io.drex.device.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.Availability.Unavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said where no GPU can run (E5). */
class CudaTest {
  private static final String CPU = "use --device cpu";

  @ParameterizedTest
  @CsvSource({"Linux, aarch64", "Mac OS X, aarch64", "Mac OS X, x86_64", "Windows 11, amd64"})
  void loadsNothingElsewhere(String osName, String osArch) {
    assertThat(Cuda.load(osName, osArch, "/not/asked/for"))
        .contains(
            new Unavailable(
                "CUDA is used on Linux on x86-64 only, and this is " + osName + " on " + osArch,
                CPU));
  }

  @Test
  void saysThatTheJarHasNoNatives() {
    assertThat(Cuda.load("Linux", "amd64", "/lib/none.so"))
        .contains(
            new Unavailable(
                "this jar was built without JCuda's natives for Linux on x86-64",
                "build it on such a machine, or " + CPU));
  }

  @Test
  void saysThatThereIsNoDriver() {
    assertThat(
            Cuda.notLinked(
                "Error while loading native library \"JCudaDriver\"\n"
                    + "/tmp/x.so: libcuda.so.1: cannot open shared object file: No such file"))
        .isEqualTo(
            new Unavailable(
                "no NVIDIA driver: libcuda.so.1 not found by the dynamic linker",
                "install the NVIDIA driver, give the container a GPU, or " + CPU));
  }

  @Test
  void saysThatTheSystemIsTooOld() {
    String line = "/lib/libc.so.6: version `GLIBC_2.17' not found (required by /tmp/x.so)";
    assertThat(Cuda.notLinked("Error while loading\n  " + line + "\n"))
        .isEqualTo(
            new Unavailable(
                "this system's C library is too old for JCuda: " + line,
                "run on a newer Linux, or " + CPU));
  }

  @Test
  void saysWhatElseWentWrong() {
    assertThat(Cuda.notLinked("jcuda/driver/JCudaDriver\nand more"))
        .satisfies(
            missing -> {
              assertThat(missing.reason())
                  .isEqualTo("JCuda's natives cannot be loaded: jcuda/driver/JCudaDriver");
              assertThat(missing.remedy()).endsWith(CPU);
            });
  }
}
