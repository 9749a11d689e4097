package io.drex.job.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigDocsTest {
  private static final Path PAGE =
      Path.of(System.getProperty("drex.root"), "docs/configuration.md");

  @Test
  void thePageIsWhatTheRegistrySays() throws IOException {
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, ConfigDocs.markdown());
    }
    assertThat(PAGE).hasContent(ConfigDocs.markdown());
  }
}
