package io.drex.job.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.output.Heartbeat.Pace;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  private static final long NO_PROCESS = 4_194_305; // above Linux's highest process number

  /** A heart that beats is seen within it on any machine. */
  private static final Pace PATIENT = new Pace(Duration.ofMillis(20), Duration.ofSeconds(60));

  private static final Pace HASTY = new Pace(Duration.ofMillis(20), Duration.ofMillis(200));

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
          .hasMessageContaining("wait for it, or end it. Its lock is " + layout.lock());
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
  void refusesTheLockOfAnotherMachineWhoseHeartBeats() throws IOException {
    leaveLock("elsewhere");
    try (Heartbeat other = beating("elsewhere")) {
      assertThatThrownBy(() -> RunLock.take(layout, "second", hadoop, PATIENT))
          .hasMessageContaining("run elsewhere (host h, process 1");
    }
    assertThat(owner()).isEqualTo("elsewhere");
  }

  @Test
  void takesOverTheLockOfAnotherMachineWhoseHeartStandsStill() throws IOException {
    leaveLock("elsewhere");
    Files.createDirectories(folder.resolve("_drex/lock"));
    Files.writeString(folder.resolve("_drex/lock/elsewhere.beat"), "17");

    try (RunLock second = RunLock.take(layout, "second", hadoop, HASTY)) {
      assertThat(owner()).isEqualTo("second");
      second.requireHeld();
    }
    assertThat(folder.resolve("_drex/lock.json")).doesNotExist();
    assertThat(folder.resolve("_drex/lock")).doesNotExist();
  }

  @Test
  void takesOverALockThatNamesNobody() throws IOException {
    Files.writeString(folder.resolve("_drex/lock.json"), ""); // a driver died as it created it

    try (RunLock second = RunLock.take(layout, "second", hadoop, HASTY)) {
      assertThat(owner()).isEqualTo("second");
    }
  }

  @Test
  void aLockThatWasDeletedByHandIsForgotten() throws IOException {
    leaveLock("elsewhere"); // with a checksum beside it
    Files.delete(folder.resolve("_drex/lock.json"));

    try (RunLock second = RunLock.take(layout, "second", hadoop, PATIENT)) {
      assertThat(owner()).isEqualTo("second");
    }
  }

  @Test
  void aTakeoverThatDiedHalfwayIsTakenOverItself() throws IOException {
    leaveLock("first");
    LockFiles files = new LockFiles(layout, hadoop);
    Path taken = folder.resolve("_drex/lock/first.taken");
    assertThat(files.create(new org.apache.hadoop.fs.Path(taken.toUri()), elsewhere("second")))
        .isTrue(); // and there it dies

    try (RunLock third = RunLock.take(layout, "third", hadoop, HASTY)) {
      assertThat(owner()).isEqualTo("third");
      third.requireHeld();
      assertThat(files.isOwnedBy("second")).isFalse();
    }
  }

  @Test
  void ofSeveralThatTakeOverOneSucceeds() {
    leaveLock("elsewhere");
    List<CompletableFuture<Optional<RunLock>>> takers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String run = "taker" + i;
      takers.add(CompletableFuture.supplyAsync(() -> tryTake(run)));
    }
    List<RunLock> held =
        takers.stream().map(CompletableFuture::join).flatMap(Optional::stream).toList();

    assertThat(held).hasSize(1);
    held.get(0).requireHeld();
    held.get(0).close();
  }

  @Test
  void aRunWhoseLockWasTakenOverNoticesAndPublishesNothing() throws Exception {
    CompletableFuture<Void> told = new CompletableFuture<>();
    try (RunLock first = RunLock.take(layout, "first", hadoop, PATIENT)) {
      first.whenLost(() -> told.complete(null));
      JsonFile.replace(layout.lock(), elsewhere("second").json(), hadoop);

      told.get(1, TimeUnit.MINUTES);
      assertThat(first.isLost()).isTrue();
      assertThatThrownBy(first::requireHeld)
          .isInstanceOf(JobException.class)
          .hasMessageContaining("another run took over the lock " + layout.lock())
          .hasMessageContaining("publishes nothing more")
          .extracting(e -> ((JobException) e).exitCode())
          .isEqualTo(ExitCode.FAILURE);
    }
    assertThat(owner()).isEqualTo("second");
  }

  @Test
  void aRunOfThisMachineHoldsItsLockWithoutAHeartbeat() {
    try (RunLock first = RunLock.take(layout, "first", hadoop)) {
      LockFiles files = new LockFiles(layout, hadoop);
      assertThat(LockWatch.isHeldBy("first", files, HASTY)).isTrue();
      assertThat(LockWatch.isHeldBy("other", files, HASTY)).isFalse();
    }
  }

  private Optional<RunLock> tryTake(String run) {
    try {
      return Optional.of(RunLock.take(layout, run, hadoop, HASTY));
    } catch (JobException e) {
      assertThat(e).hasMessageContaining("writes to this output");
      return Optional.empty();
    }
  }

  private Heartbeat beating(String run) {
    return Heartbeat.start(
        new LockFiles(layout, hadoop).beat(run), hadoop, PATIENT.beat(), () -> {});
  }

  private void leaveLock(String run) {
    JsonFile.replace(layout.lock(), elsewhere(run).json(), hadoop);
  }

  private static LockOwner elsewhere(String run) {
    return new LockOwner(run, "h", "another machine", 1, "", "2026-01-01T00:00:00Z");
  }

  private String owner() {
    return JsonFile.read(layout.lock(), hadoop).orElseThrow().path("runId").asText();
  }

  private void changeOwner(java.util.function.Consumer<ObjectNode> change) {
    RunLock.take(layout, "first", hadoop);
    ObjectNode owner = (ObjectNode) JsonFile.read(layout.lock(), hadoop).orElseThrow();
    change.accept(owner);
    JsonFile.replace(layout.lock(), owner, hadoop);
  }
}
