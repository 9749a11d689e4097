package io.drex.schedule;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import io.drex.policy.CostFit;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.policy.FlushTable;
import io.drex.policy.Patience;
import java.util.List;
import java.util.Set;

/**
 * 64 sequences that decode for long, two thirds of their tokens early, and others that wait; one in
 * eight is due some time.
 */
final class SteadyState {
  static final int ROWS = 64;

  private static final int TOKEN = 5;
  private static final int NEW_TOKENS = 12_000;

  private final Scheduler scheduler;
  private final FlushControl control; // learns, and is never given a plan
  private final HeadReadings readings = new HeadReadings(2 * ROWS);
  private long step;
  private long nanos;
  private long plansDue;

  SteadyState(int waiting) {
    CacheGeometry cache = new CacheGeometry(2, 16, ROWS * (NEW_TOKENS / 16 + 1));
    Limits limits = new Limits(cache, KvFill.MAP, ROWS, ROWS, NEW_TOKENS + 2);
    FlushPolicy.Planned flush =
        new FlushPolicy.Planned(FlushTable.constant(ROWS, ROWS / 2), new Patience(100, .01));
    scheduler =
        new Scheduler(
            limits,
            Workload.spec(8, 100, List.of(new RampSpec(3, ConfidenceMetric.MAX_PROB, .5f))),
            Set.of(),
            new ExitPolicy.Rebatch(),
            flush);
    control = new FlushControl(scheduler, flush, new CostFit("steady", 2), limits);
    for (int i = 0; i < ROWS + waiting; i++) {
      Sequence sequence = new Sequence(new int[1], NEW_TOKENS, 0, Deaf.LISTENER);
      sequence.prioritize(i % 5);
      sequence.dueAt(i % 8 == 0 ? NEW_TOKENS + 1_000L * i : Sequence.NO_DEADLINE);
      scheduler.add(sequence);
    }
  }

  /** Plans and applies. */
  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      long start = System.nanoTime();
      scheduler.now(step);
      boolean planned = scheduler.plan();
      nanos += System.nanoTime() - start;
      if (!planned || scheduler.counters().tokens() >= (long) ROWS * NEW_TOKENS) {
        throw new AssertionError("the steady state is over");
      }
      read();
      start = System.nanoTime();
      scheduler.took(1);
      scheduler.apply(readings);
      nanos += System.nanoTime() - start;
      control.called(1);
      plansDue += control.isDue() ? 1 : 0;
    }
  }

  /** How often a plan was worth making. */
  long plansDue() {
    return plansDue;
  }

  /** Nanoseconds spent in plan and apply so far. */
  long nanos() {
    return nanos;
  }

  private void read() {
    step++;
    for (int head = 0; head < scheduler.rows().heads; head++) {
      readings.token[head] = TOKEN;
      readings.confidence[head] = (head + step) % 3 == 0 ? .1f : .9f;
    }
  }
}
