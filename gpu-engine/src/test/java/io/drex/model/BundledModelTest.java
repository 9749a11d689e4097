package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
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
  private static final Path RESOURCES =
      Path.of(System.getProperty("drex.root"))
          .resolve("gpu-engine/src/main/resources/io/drex/model/bundled/demo-news");

  @TempDir Path dir;

  @Test
  void extractsOnceAndReusesAnIntactFolder() throws Exception {
    Path first = BundledModel.extract("bundled:", dir);
    Object before = Files.getLastModifiedTime(first);

    assertThat(BundledModel.extract("bundled:demo-news", dir)).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(first)).isEqualTo(before);
    assertThat(first.resolve("prompt-template.txt")).hasContent("{article}\nSummary:");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first)))
        .isEqualTo("rwx------");
  }

  @Test
  void extractsEveryFileThatIsBundledAndNoOther() throws Exception {
    List<String> bundled = names(RESOURCES);

    assertThat(BundledModel.FILES)
        .as("the files of %s; list them in BundledModel.FILES", RESOURCES)
        .containsExactlyElementsOf(bundled);
    assertThat(names(BundledModel.extract("bundled:", dir))).isEqualTo(bundled);
  }

  @Test
  void isSmallEnoughForTheJar() throws Exception {
    long weights = Files.size(RESOURCES.resolve("model.safetensors"));
    long all = 0;
    for (String file : BundledModel.FILES) {
      all += Files.size(RESOURCES.resolve(file));
    }

    assertThat(weights).as("bytes of weights").isLessThanOrEqualTo(7_000_000);
    assertThat(all).as("bytes of all files").isLessThanOrEqualTo(7_500_000);
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
        .hasMessage("no bundled model 'bundled:../x'; there is bundled:demo-news");
    assertThatThrownBy(() -> BundledModel.extract("bundled:demo-trial", dir))
        .hasMessage("no bundled model 'bundled:demo-trial'; there is bundled:demo-news");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
