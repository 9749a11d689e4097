package io.drex.device.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.Availability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OneDnnTest {
  private static final String THERE = "/io/drex/device/cpu/onednn/OneDnn.class";

  @Test
  void otherPlatformsArePointedToTheVectorKernels() {
    assertThat(OneDnn.load("Mac OS X", "aarch64", THERE))
        .isEqualTo(
            new Availability.Unavailable(
                "oneDNN is used on Linux on x86-64 only, and this is Mac OS X on aarch64",
                "run with --device cpu:vector"));
    assertThat(OneDnn.load("Linux", "aarch64", THERE)).isInstanceOf(Availability.Unavailable.class);
  }

  @Test
  void missingJarsAreNamed() {
    assertThat(OneDnn.load("Linux", "amd64", "/none.so"))
        .isEqualTo(
            new Availability.Unavailable(
                "the jars of oneDNN are not on the class path",
                "add --jars \"$(cluster-scripts/onednn-jars.sh)\", or run with --device"
                    + " cpu:vector"));
  }

  @Test
  void machinesWithoutBf16ArePointedToTheVectorKernels() {
    assertThat(OneDnn.withoutBf16("avx2"))
        .isEqualTo(
            new Availability.Unavailable(
                "this machine multiplies no bf16: oneDNN would use avx2",
                "run with --device cpu:vector"));
  }

  @Test
  void loadingLeavesNoFilesAndNoProperties() throws Exception {
    NeedsOneDnn.check();
    assertThat(System.getProperties().stringPropertyNames())
        .noneMatch(name -> name.startsWith("org.bytedeco") || name.equals("jna.tmpdir"));
    assertThat(mapped()).isNotEmpty().allMatch(line -> line.endsWith("(deleted)"));
  }

  /** Libraries of this process that came out of oneDNN's jars. */
  private static List<String> mapped() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.contains("drex-onednn")).toList();
    }
  }
}
