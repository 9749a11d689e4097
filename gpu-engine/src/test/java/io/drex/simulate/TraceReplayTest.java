package io.drex.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.sim.ExitProcess;
import io.drex.device.sim.Trace;
import io.drex.device.sim.TraceRecorder;
import io.drex.device.sim.TracedSequence;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceReplayTest {
  private static final Scenario RECORDED =
      Cells.batch(16, .4, Demand.Batch.of(50, 20, 30))
          .withExits(new ExitProcess.AutoRegressive(List.of(.4), .8));

  @Test
  void aReplayedTraceExitsWhereTheRecordedRunDid() {
    Recording recording = record(RECORDED);
    assertThat(recording.trace.sequences()).hasSize(50);
    assertThat(recording.trace.sequences())
        .allMatch(s -> s.promptTokens() == 20 && s.outputTokens() == 30);
    Scenario replay =
        RECORDED
            .withExits(new ExitProcess.Replayed(recording.trace))
            .with(new ExitPolicy.Rebatch(), new FlushPolicy.Fixed(3, 7));
    assertThat(Simulation.run(replay).tokensBySegment())
        .containsExactly(recording.outcome.tokensBySegment());
  }

  @Test
  void aSequenceThatWasNotRecordedReadsAnothersRecord() {
    Scenario others = RECORDED.withSeed(99);
    Trace trace = record(RECORDED).trace;
    double share = Simulation.run(others.withExits(new ExitProcess.Replayed(trace))).exitShare();
    assertThat(share).isBetween(.25, .55);
  }

  @Test
  void aTraceSaysWhatItLacks() {
    assertThatThrownBy(() -> new Trace(1, List.of()))
        .hasMessage("a trace needs a sequence; record one that completes rows");
    assertThatThrownBy(
            () -> new Trace(2, List.of(new TracedSequence(1, 4, 3, new float[] {.1f, .2f, .3f}))))
        .hasMessage("a traced sequence of 3 tokens has 3 confidences; with 2 ramps it needs 4");
  }

  private record Recording(Trace trace, Outcome outcome) {}

  private static Recording record(Scenario scenario) {
    TraceRecorder[] recorder = new TraceRecorder[1];
    Simulation simulation =
        new Simulation(
            scenario,
            (model, options) -> {
              recorder[0] = new TraceRecorder(model, options);
              return recorder[0];
            });
    Outcome outcome = simulation.run(micros -> {});
    return new Recording(recorder[0].trace(), outcome);
  }
}
