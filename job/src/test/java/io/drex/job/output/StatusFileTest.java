package io.drex.job.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.verdict.ExitCode;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusFileTest {
  private final Configuration hadoop = new Configuration();

  @TempDir Path folder;

  @Test
  void aRunThatDiedIsSeenByTheNext() {
    StatusFile first = open();
    assertThat(first.foundRunning()).as("there was none").isFalse();
    first.running("compacting");
    StatusFile second = open();
    assertThat(second.foundRunning()).isTrue();
    second.running("compacting");
    assertThat(second.foundRunning()).as("what it writes itself does not count").isTrue();
    second.ended(ExitCode.STOPPED, "stopped");
    assertThat(open().foundRunning()).isFalse();
  }

  private StatusFile open() {
    return StatusFile.open(OutputLayout.of(folder.toString(), hadoop), "run", hadoop);
  }
}
