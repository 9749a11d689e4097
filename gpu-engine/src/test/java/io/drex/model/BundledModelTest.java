package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledModelTest {
  @TempDir Path dir;

  @Test
  void extractsOnceAndReusesAnIntactFolder() throws Exception {
    Path first = BundledModel.extract("bundled:", dir);
    Object before = Files.getLastModifiedTime(first);

    assertThat(BundledModel.extract("bundled:demo-trial", dir)).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(first)).isEqualTo(before);
    assertThat(first.resolve("prompt-template.txt")).hasContent("{article}\nSummary:");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first)))
        .isEqualTo("rwx------");
  }

  @Test
  void severalMayExtractAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Path> task = () -> BundledModel.extract("bundled:", dir);
      for (Future<Path> folder : threads.invokeAll(List.of(task, task, task, task))) {
        assertThat(folder.get().resolve("model.safetensors")).exists();
      }
    } finally {
      threads.shutdownNow();
    }
    try (Stream<Path> left = Files.list(dir)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void refusesAFolderWithOtherBytes() throws Exception {
    Path folder = BundledModel.extract("bundled:", dir);
    Files.writeString(folder.resolve("ramps.json"), "{}");

    assertThatThrownBy(() -> BundledModel.extract("bundled:", dir))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            folder.resolve("ramps.json")
                + " is missing or not the bundled file; delete "
                + folder
                + " and run again");
  }

  @Test
  void refusesOtherNames() {
    assertThat(BundledModel.isBundled("bundled:x")).isTrue();
    assertThat(BundledModel.isBundled("/models/bundled:")).isFalse();
    assertThatThrownBy(() -> BundledModel.extract("bundled:../x", dir))
        .isInstanceOf(ModelException.class)
        .hasMessage("no bundled model 'bundled:../x'; there is bundled:demo-trial");
  }
}
