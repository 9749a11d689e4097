package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.DeviceBackend;
import io.drex.device.cuda.Emulation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the scalar kernels recorded, replayed on the emulated GPU. */
@Tag("own-jvm")
@Timeout(300)
class EmulatedReplayTest {
  private static Emulation emulation;

  @BeforeAll
  static void load() {
    emulation = Emulation.load();
  }

  @Test
  void rowsLeaveAndEndWhereTheyDidThroughGraphs() throws InterruptedException {
    RecordedRun recorded = RecordedRun.of(RecordedRun.requests());
    recorded.assertReplayed(RecordedRun.OPTIONS.withDevice("cuda").withSlots(7));
    assertThat(emulation.calls("cuGraphLaunch")).isPositive();
    DeviceBackend cuda = Backends.select("cuda");
    DeviceBackend replaying = Backends.replaying(cuda, recorded.trace());
    assertThat(replaying.isSynthetic()).isTrue();
    assertThat(replaying.implementation())
        .startsWith(cuda.implementation() + "+trace:")
        .startsWith("cuda/strict-2/sm_");
  }
}
