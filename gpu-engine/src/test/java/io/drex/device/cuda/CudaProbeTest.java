package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.Availability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaProbeTest {
  @Test
  void saysThatTheDriverIsMissing(@TempDir Path folder) {
    assertThat(new CudaProbe(List.of(folder)).probe())
        .isEqualTo(
            new Availability.Unavailable(
                "no NVIDIA driver: libcuda.so.1 not found in [" + folder + "]",
                "install the NVIDIA driver, or use --device cpu"));
  }

  @Test
  void saysThatThisBuildHasNoKernelsWhereTheDriverIsThere(@TempDir Path folder) throws IOException {
    Path library = Files.createFile(folder.resolve("libcuda.so.1"));
    assertThat(new CudaProbe(List.of(folder)).probe())
        .isEqualTo(
            new Availability.Unavailable(
                "an NVIDIA driver is there ("
                    + library
                    + "), but this build has no CUDA kernels yet",
                "use --device cpu"));
  }
}
