package io.drex.device.cuda.cublas;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.Availability.Unavailable;
import io.drex.device.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where cuBLAS is looked for, and what is said where it is not. */
class CublasTest {
  private static final List<String> NAMES = List.of("libcublas.so.13", "libcublas.so.12");

  @TempDir Path root;

  @Test
  void aDriverIsAskedForNoCublasThatIsNewerThanIt() {
    assertThat(CublasFiles.names(12_020)).containsExactly("libcublas.so.12");
    assertThat(CublasFiles.names(13_000)).isEqualTo(NAMES);
    assertThat(CublasFiles.names(14_010)).isEqualTo(NAMES);
  }

  @Test
  void theVariableNamesAFolder() throws IOException {
    file("usr/local/cuda/lib64/libcublas.so.13");
    Path named = file("mine/libcublas.so.12");
    assertThat(candidates(Map.of("DREX_CUBLAS", root.resolve("mine").toString())))
        .containsExactly(named);
    assertThat(candidates(Map.of("DREX_CUBLAS", root.resolve("none").toString())))
        .as("no other place in its stead")
        .isEmpty();
  }

  @Test
  void theVariableNamesAFile() throws IOException {
    Path named = file("mine/libcublas-as-built.so");
    assertThat(candidates(Map.of("DREX_CUBLAS", named.toString()))).containsExactly(named);
  }

  @Test
  void toolkitsComeFirstAndTheNewestOfThem() throws IOException {
    file("usr/local/cuda-12.9/lib64/libcublas.so.12");
    Path newest = file("usr/local/cuda-13.0/lib64/libcublas.so.13");
    file("usr/local/lib/python3.11/site-packages/nvidia/cu13/lib/libcublas.so.13");
    assertThat(candidates(Map.of())).containsExactly(newest);
  }

  @Test
  void thenCondasEnvironment() throws IOException {
    file("usr/lib/python3.11/dist-packages/nvidia/cublas/lib/libcublas.so.12");
    Path conda = file("conda/lib/libcublas.so.12");
    assertThat(candidates(Map.of("CONDA_PREFIX", root.resolve("conda").toString())))
        .containsExactly(conda);
    Path toolkit = file("usr/local/cuda-12.9/lib64/libcublas.so.12");
    assertThat(candidates(Map.of("CONDA_PREFIX", root.resolve("conda").toString())))
        .containsExactly(toolkit);
  }

  @Test
  void thenThePackagesOfPythons() throws IOException {
    file("usr/local/cuda-13.0/lib64/libcudart.so.13");
    file("usr/lib/python3.11/dist-packages/nvidia/cublas/lib/libcublas.so.12");
    file("usr/lib/python3.12/site-packages/nvidia/cublas/lib/libcublas.so.12");
    Path newest = file("usr/lib/python3.12/site-packages/nvidia/cu13/lib/libcublas.so.13");
    assertThat(candidates(Map.of())).containsExactly(newest);
    Path own = file("venv/lib/python3.12/site-packages/nvidia/cublas/lib/libcublas.so.12");
    assertThat(candidates(Map.of("VIRTUAL_ENV", root.resolve("venv").toString())))
        .containsExactly(own);
  }

  @Test
  void theDynamicLinkerIsAskedLast() {
    assertThat(candidates(Map.of())).containsExactly(Path.of(NAMES.get(0)), Path.of(NAMES.get(1)));
  }

  @Test
  void saysWhereItLookedAndWhatToDo() {
    CublasFiles files = new CublasFiles(root, Map.of("HOME", "/me"));
    Unavailable missing = missing(Cublas.search(files, 13_000));
    assertThat(missing.reason())
        .startsWith(
            "no cuBLAS that a driver for CUDA 13.0 serves: no libcublas.so.13 or"
                + " libcublas.so.12 in "
                + root
                + "/usr/local/cuda*/lib64, lib of CONDA_PREFIX, nvidia/*/lib of the site-packages in"
                + " [/me/.local, "
                + root
                + "/usr/local, "
                + root
                + "/usr, "
                + root
                + "/opt/conda], or where the dynamic linker looks: ")
        .as("why the last one was not loaded, in one line")
        .contains("libcublas.so.12: cannot open shared object file")
        .doesNotContain("\n");
    assertThat(missing.remedy())
        .isEqualTo(
            "install the CUDA toolkit or Python's package nvidia-cublas (for CUDA 12:"
                + " nvidia-cublas-cu12), or name the library or its folder with the"
                + " environment variable DREX_CUBLAS; or use --device cuda");
  }

  @Test
  void saysWhyAFileCannotBeLoaded() throws IOException {
    Path file = file("mine/libcublas.so.12");
    Files.writeString(file, "no library");
    CublasFiles files = new CublasFiles(root, Map.of("DREX_CUBLAS", file.toString()));
    assertThat(Cublas.search(files, 12_020).availability())
        .isInstanceOfSatisfying(
            Unavailable.class,
            missing ->
                assertThat(missing.reason())
                    .startsWith(file + " cannot be loaded: ")
                    .contains("file too short")
                    .doesNotContain("\n"));
  }

  @Test
  void aDriverThatFailsIsNoCublas() {
    Cublas none =
        Cublas.search(
            Map.of(),
            () -> {
              throw new DeviceException("the driver is gone");
            });
    assertThat(missing(none).reason())
        .isEqualTo("the driver does not tell which CUDA it serves: the driver is gone");
  }

  @Test
  void aVariableThatIsNoPathIsNoCublas() {
    CublasFiles files = new CublasFiles(root, Map.of("HOME", "\0", "DREX_CUBLAS", "\0"));
    assertThat(missing(Cublas.search(files, 13_000)).reason()).contains("which DREX_CUBLAS names");
  }

  private static Unavailable missing(Cublas cublas) {
    assertThat(cublas.availability()).isInstanceOf(Unavailable.class);
    return (Unavailable) cublas.availability();
  }

  private List<Path> candidates(Map<String, String> environment) {
    return new CublasFiles(root, environment).candidates(NAMES);
  }

  private Path file(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.createFile(file);
  }
}
