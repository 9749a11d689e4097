package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.HeadReadings;
import io.drex.model.LoadedModel;
import io.drex.policy.CostSource;
import io.drex.policy.CostTable;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.policy.FlushTable;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import io.drex.schedule.FlushControl;
import io.drex.schedule.Scheduler;
import io.drex.schedule.Sequence;
import io.drex.schedule.SequenceListener;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FlushTuningTest {
  private static final LoadedModel MODEL = TinyModel.withTwoRamps();
  private static final EngineOptions OPTIONS = EngineOptions.defaults().withSlots(8);

  private final ExitPolicy exits = new ExitPolicy.Rebatch();
  private final EngineSizes sizes =
      EngineSizes.of(MODEL.spec(), MODEL.spec().fullDepthMetric(), exits, OPTIONS);
  private final FlushPolicy.Planned flush = (FlushPolicy.Planned) sizes.flush();
  private final Scheduler scheduler =
      new Scheduler(sizes.limits(), MODEL.spec(), MODEL.stopTokens(), exits, flush);
  private final HeadReadings readings = new HeadReadings(sizes.limits().maxRows());

  @Test
  void aPlanThatCannotBeMadeLeavesTheThresholdsAsTheyWere() {
    CostTable ofOtherSegments = CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_7B, 16);
    CostSource costs = new CostSource.Known(ofOtherSegments);
    FlushControl control = new FlushControl(scheduler, flush, costs, sizes.limits());
    FlushTable before = flush.table();
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream stderr = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (FlushTuning tuning = new FlushTuning(control, before)) {
      while (!log.toString(StandardCharsets.UTF_8).contains("cannot be planned")) {
        step(tuning);
      }
      for (int i = 0; i < 1_000; i++) {
        step(tuning);
      }
      assertThat(tuning.exitGain()).isZero();
      assertThat(tuning.thresholds()).hasSize(1);
    } finally {
      System.setErr(stderr);
    }
    assertThat(flush.table()).isSameAs(before);
    assertThat(log.toString(StandardCharsets.UTF_8))
        .containsOnlyOnce("Flush thresholds cannot be planned; those of the last plan stay")
        .contains("2 exit rates do not fit the 2 segments");
  }

  private void step(FlushTuning tuning) {
    if (!scheduler.plan()) {
      scheduler.add(new Sequence(new int[3], 50, 0, new Ignorant()));
      scheduler.plan();
    }
    Arrays.fill(readings.token, 5);
    Arrays.fill(readings.confidence, .9f);
    scheduler.apply(readings);
    tuning.called(1_000, 0);
  }

  private static final class Ignorant implements SequenceListener {
    @Override
    public void admitted() {}

    @Override
    public void firstToken() {}

    @Override
    public void finished(Sequence sequence) {}
  }
}
