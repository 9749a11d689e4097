package io.drex.job.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.JobException;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  private static final long NO_PROCESS = 4_194_305; // above Linux's highest process number

  private final Configuration hadoop = new Configuration();
  @TempDir Path folder;
  private OutputLayout layout;

  @BeforeEach
  void makeOutput() {
    layout = OutputLayout.of(folder.toString(), hadoop);
    layout.probe(hadoop);
  }

  @Test
  void refusesASecondRunAndNamesTheFirst() {
    try (RunLock first = RunLock.take(layout, "first", hadoop)) {
      assertThatThrownBy(() -> RunLock.take(layout, "second", hadoop))
          .isInstanceOf(JobException.class)
          .hasMessageContaining("run first (host ")
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining("delete " + layout.lock());
    }
  }

  @Test
  void isFreeAgainOnceClosed() {
    RunLock.take(layout, "first", hadoop).close();
    RunLock.take(layout, "second", hadoop).close();

    assertThat(JsonFile.read(layout.lock(), hadoop)).isEmpty();
  }

  @Test
  void takesOverTheLockOfADeadProcessOfThisHost() {
    changeOwner(owner -> owner.put("pid", NO_PROCESS));

    try (RunLock second = RunLock.take(layout, "second", hadoop)) {
      assertThat(JsonFile.read(layout.lock(), hadoop).orElseThrow().path("runId").asText())
          .isEqualTo("second");
    }
  }

  @Test
  void takesOverTheLockOfAProcessWhoseNumberIsInUseAgain() {
    changeOwner(owner -> owner.put("processStart", "2001-01-01T00:00:00Z"));

    RunLock.take(layout, "second", hadoop).close();
  }

  @Test
  void aRunWhoseLockWasTakenAwayLeavesTheNewOwnersAlone() throws IOException {
    RunLock first = RunLock.take(layout, "first", hadoop);
    layout.lock().getFileSystem(hadoop).delete(layout.lock(), false); // by hand
    try (RunLock second = RunLock.take(layout, "second", hadoop)) {
      first.close();

      assertThat(JsonFile.read(layout.lock(), hadoop).orElseThrow().path("runId").asText())
          .isEqualTo("second");
    }
  }

  @Test
  void leavesTheLockOfAnotherHostAlone() {
    changeOwner(owner -> owner.put("pid", NO_PROCESS).put("host", "elsewhere"));

    assertThatThrownBy(() -> RunLock.take(layout, "second", hadoop))
        .hasMessageContaining("(host elsewhere, process " + NO_PROCESS);
  }

  private void changeOwner(java.util.function.Consumer<ObjectNode> change) {
    RunLock.take(layout, "first", hadoop);
    ObjectNode owner = (ObjectNode) JsonFile.read(layout.lock(), hadoop).orElseThrow();
    change.accept(owner);
    JsonFile.replace(layout.lock(), owner, hadoop);
  }
}
