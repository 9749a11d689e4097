package io.drex.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.SequenceKey;
import io.drex.device.sim.ExitProcess;
import io.drex.device.sim.Trace;
import io.drex.device.sim.TracedSequence;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceReplayTest {
  private static final int REQUESTS = 50;
  private static final Scenario SCENARIO = Cells.batch(16, .4, Demand.Batch.of(REQUESTS, 20, 30));

  @Test
  void rowsLeaveWhereTheirRecordSaysWhateverTheSchedule() {
    TracedSequence leaves = new TracedSequence(keyOf(0), 3, new float[] {.9f, .9f});
    TracedSequence stays = new TracedSequence(keyOf(1), 3, new float[] {.1f, .1f});
    long leaving = 0;
    Trace trace = new Trace(1, List.of(leaves, stays));
    for (int flushRows : new int[] {1, 3, 16}) {
      Scenario replay =
          SCENARIO
              .withExits(new ExitProcess.Replayed(trace))
              .with(new ExitPolicy.Rebatch(), new FlushPolicy.Fixed(flushRows, 7));
      long[] tokens = Simulation.run(replay).tokensBySegment();
      assertThat(tokens[0] + tokens[1]).isEqualTo(REQUESTS * 29);
      assertThat(tokens[0]).isBetween(29L, 29L * (REQUESTS - 1)).matches(n -> n % 29 == 0);
      assertThat(leaving).isIn(0L, tokens[0]);
      leaving = tokens[0];
    }
  }

  @Test
  void aRecordStartsOverAtItsEnd() {
    TracedSequence record = new TracedSequence(7, 4, new float[] {.6f, .4f, .6f});
    Scenario replay = SCENARIO.withExits(new ExitProcess.Replayed(new Trace(1, List.of(record))));
    assertThat(Simulation.run(replay).tokensBySegment())
        .containsExactly(19L * REQUESTS, 10L * REQUESTS);
  }

  /** Of one of the scenario's requests. */
  private static long keyOf(int request) {
    int[] prompt = new int[20];
    prompt[0] = Simulation.firstToken(SCENARIO.seed(), request);
    return SequenceKey.of(prompt, 0);
  }
}
