package io.drex.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeFileTest {
  @TempDir Path folder;
  private final Configuration hadoop = FakeStore.configuration();

  @ParameterizedTest
  @ValueSource(strings = {"file://", "store://any"})
  void theOldFileIsThereUntilTheNewOneIsPublished(String store) throws IOException {
    write(store, "old").publish();
    try (WholeFile file = write(store, "new")) {
      assertThat(folder.resolve("f")).hasContent("old");
      file.publish();
    }
    assertThat(folder.resolve("f")).hasContent("new");
    assertThat(names()).containsExactly("f");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file://", "store://any"})
  void whatIsNotPublishedLeavesNothing(String store) throws IOException {
    WholeFile file = write(store, "half");
    assertThat(folder.resolve("f")).doesNotExist();
    file.close();
    assertThat(names()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file://", "store://any"})
  void closingTheStreamDoesNotPublish(String store) throws IOException {
    try (WholeFile file = write(store, "half")) {
      file.stream().close();
      assertThat(folder.resolve("f")).doesNotExist();
      file.stream().write('!');
      file.publish();
    }
    assertThat(folder.resolve("f")).hasContent("half!");
  }

  private WholeFile write(String store, String text) throws IOException {
    WholeFile file =
        WholeFile.replace(new org.apache.hadoop.fs.Path(store + folder.resolve("f")), hadoop);
    file.stream().write(text.getBytes(StandardCharsets.UTF_8));
    return file;
  }

  /** Names but for the checksums that Hadoop keeps beside local files. */
  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".crc"))
          .toList();
    }
  }
}
