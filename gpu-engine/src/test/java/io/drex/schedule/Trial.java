package io.drex.schedule;

import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Runs a workload through a scheduler and the hash device, and checks on the way what must hold at
 * every step.
 */
final class Trial {
  private static final int MOST_STEPS = 1_000_000;

  /** Disturbances, each with the chance that it happens at one step. */
  record Chances(double arrival, double cancel, double callFailure, double fillFailure) {
    static final Chances NONE = new Chances(1, 0, 0, 0);
  }

  /** What became of one sequence. */
  record Result(
      Outcome outcome,
      int[] tokens,
      short[] depths,
      float[] confidences,
      float[] logProbs,
      int[] exits) {
    boolean equalTo(Result other) {
      return outcome == other.outcome
          && Arrays.equals(tokens, other.tokens)
          && Arrays.equals(depths, other.depths)
          && Arrays.equals(confidences, other.confidences)
          && Arrays.equals(logProbs, other.logProbs)
          && Arrays.equals(exits, other.exits);
    }

    boolean hasExits() {
      return Arrays.stream(exits).limit(Math.max(0, exits.length - 1L)).sum() > 0;
    }
  }

  private final Workload workload;
  private final Workload.Schedule schedule;
  private final Scheduler scheduler;
  private final HashDevice device;
  private final Result[] results;
  private final Sequence[] sequences;
  private final HeadReadings readings;
  private final long[] lastStep; // [table]
  private @Nullable Sequence oldest;
  private long steps;
  private int arrived;
  private boolean fillsKv = true;
  private long involuntaryExits;
  private long involuntaryStays;
  private int memoryRows = Integer.MAX_VALUE;
  private final Random urgency;
  private long now;

  Trial(Workload workload, Workload.Schedule schedule, HashDevice.OnWrongCell onWrongCell) {
    this(workload, schedule, new ExitPolicy.Rebatch(), onWrongCell);
  }

  Trial(
      Workload workload,
      Workload.Schedule schedule,
      ExitPolicy policy,
      HashDevice.OnWrongCell onWrongCell) {
    this.workload = workload;
    this.schedule = schedule;
    Limits limits = schedule.limits();
    scheduler =
        new Scheduler(limits, workload.spec(), workload.stopTokens(), policy, schedule.flush());
    device = new HashDevice(limits, workload, onWrongCell);
    results = new Result[workload.prompts().size()];
    sequences = new Sequence[results.length];
    readings = new HeadReadings(limits.maxRows());
    lastStep = new long[limits.slots()];
    urgency = new Random(schedule.urgency());
  }

  static Result[] run(Workload workload, Workload.Schedule schedule) {
    Trial trial = new Trial(workload, schedule, HashDevice.OnWrongCell.THROW);
    Result[] results = trial.run(new Random(0), Chances.NONE);
    boolean mayStay = schedule.limits().kvFill().maxPending() > 0;
    require(trial.involuntaryExits == 0, "an involuntary exit");
    require(trial.involuntaryStays == 0 || mayStay, "an involuntary stay");
    return results;
  }

  /** Tokens of finished sequences that left at a ramp below its threshold. */
  long involuntaryExits() {
    return involuntaryExits;
  }

  /** Rows of finished sequences that were confident and had to go on. */
  long involuntaryStays() {
    return involuntaryStays;
  }

  /** Exits leave no K and V behind in deeper layers, by whatever method. */
  Trial withoutKvFill() {
    fillsKv = false;
    device.forgetPending();
    return this;
  }

  /** The device runs out of memory in calls of more rows. */
  Trial withMemoryFor(int rows) {
    memoryRows = rows;
    return this;
  }

  /** What the scheduler counted. */
  Counters counters() {
    return scheduler.counters();
  }

  /** Prompt positions that sequences found computed. */
  long sharedPromptRows() {
    return scheduler.sharedPromptRows();
  }

  /** Runs everything; the results are by prompt. */
  Result[] run(Random random, Chances chances) {
    while (arrived < sequences.length || !scheduler.isIdle()) {
      while (arrived < sequences.length
          && (scheduler.isIdle() || random.nextDouble() < chances.arrival())) {
        add(arrived++);
      }
      if (random.nextDouble() < chances.cancel()) {
        scheduler.cancel(sequences[random.nextInt(arrived)]);
      }
      step(random, chances);
      if (steps % 8 == 0) {
        scheduler.checkIntegrity();
      }
    }
    require(!scheduler.plan(), "an idle scheduler has nothing to plan");
    scheduler.checkIntegrity();
    for (Result result : results) {
      Objects.requireNonNull(result, "a sequence was lost");
    }
    return results;
  }

  private void step(Random random, Chances chances) {
    scheduler.now(now);
    if (!scheduler.plan()) {
      require(scheduler.isIdle(), "nothing to run, and not idle");
      return;
    }
    require(++steps < MOST_STEPS, "no progress");
    if (schedule.flush() instanceof FlushPolicy.Planned planned && random.nextInt(8) == 0) {
      planned.replace(schedule.randomTable(random));
    }
    checkWaits();
    checkOldest();
    if (scheduler.rows().rows > memoryRows) {
      scheduler.retryCallSmaller();
      return;
    }
    if (random.nextDouble() < chances.callFailure()) {
      scheduler.restartCall();
      return;
    }
    device.runSegment(scheduler.segment(), scheduler.rows(), readings);
    int took = 1 + random.nextInt(99);
    scheduler.took(took);
    now += took;
    scheduler.apply(readings);
    if (scheduler.exited().rows > 0) {
      if (scheduler.exited().rows > memoryRows / 2) {
        scheduler.retryExitedSmaller();
      } else if (random.nextDouble() < chances.fillFailure()) {
        scheduler.restartExited();
      } else if (fillsKv) {
        device.fillKv(scheduler.segment(), scheduler.exited());
      }
    }
  }

  /** A buffered row runs within the bound that the scheduler promises. */
  private void checkWaits() {
    RowBatch rows = scheduler.rows();
    int segments = schedule.limits().cache().segments();
    long bound = schedule.flush().patience().maxAgeSteps() + 3L * segments;
    for (int row = rows.rows - scheduler.decodeRows(); row < rows.rows; row++) {
      long waited = steps - lastStep[rows.table[row]];
      boolean isBound = scheduler.segment() > 0 && scheduler.counters().outOfMemoryCalls() == 0;
      require(!isBound || waited <= bound, "a row was buffered for " + waited);
      lastStep[rows.table[row]] = steps;
    }
  }

  /** Once the oldest of those alive, a sequence keeps its slot to its end. */
  private void checkOldest() {
    if (oldest == null || oldest.outcome() != null) {
      oldest = null;
      for (int i = 0; i < arrived; i++) {
        Sequence s = sequences[i];
        if (s.isAdmitted() && (oldest == null || s.age < oldest.age)) {
          oldest = s;
        }
      }
    }
    require(oldest != null && oldest.isAdmitted(), "the oldest sequence was pre-empted");
  }

  private void add(int index) {
    Workload.Prompt prompt = workload.prompts().get(index);
    SequenceListener listener =
        new SequenceListener() {
          @Override
          public void admitted() {}

          @Override
          public void firstToken() {}

          @Override
          public void finished(Sequence sequence) {
            require(results[index] == null, "a sequence finished twice");
            results[index] = resultOf(sequence);
          }
        };
    sequences[index] = new Sequence(prompt.tokens(), prompt.options(), index % 3, listener);
    if (schedule.urgency() != 0) {
      sequences[index].prioritize(urgency.nextInt(3));
      sequences[index].dueAt(
          urgency.nextBoolean() ? now + urgency.nextInt(5_000) : Sequence.NO_DEADLINE);
    }
    scheduler.add(sequences[index]);
  }

  private Result resultOf(Sequence s) {
    involuntaryExits += s.involuntaryExits();
    involuntaryStays += s.involuntaryStays();
    @Nullable Outcome outcome = s.outcome();
    return new Result(
        Objects.requireNonNull(outcome),
        s.tokens(),
        s.depths(),
        s.confidences(),
        s.logProbs(),
        s.exitsBySegment());
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
