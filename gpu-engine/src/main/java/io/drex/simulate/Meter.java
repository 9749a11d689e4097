package io.drex.simulate;

import io.drex.device.RowBatch;
import io.drex.schedule.Counters;
import io.drex.schedule.Scheduler;
import io.drex.schedule.Sequence;
import io.drex.schedule.SequenceListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Measures a run, from its start or from {@link #restart}. Allocates nothing between calls. */
final class Meter {
  private final Scheduler scheduler;
  private final List<Client> clients = new ArrayList<>();
  private final double[] queuedMicros; // when the table's row was queued; [table]
  private final long[] queuedStep; // [table]
  private final long[] tokensBySegment; // decoded ones
  private final Spread requestMicros = new Spread();
  private final Spread requestMicrosWithDeadline = new Spread();
  private final Spread tokenMicros = new Spread();
  private final Spread bufferedSteps = new Spread();
  private final Spread bufferedMicros = new Spread();
  private double now; // microseconds
  private long lateRequests;
  private Sums atStart = new Sums(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** What grows from the scheduler's first call on. */
  private record Sums(
      double micros,
      long tokens,
      long decodeTokens,
      long promptTokens,
      long steps,
      long involuntaryExits,
      long involuntaryStays,
      long flushes,
      long flushedRows) {}

  Meter(Scheduler scheduler, int slots, int segments) {
    this.scheduler = scheduler;
    queuedMicros = new double[slots];
    queuedStep = new long[slots];
    tokensBySegment = new long[segments];
  }

  /**
   * A request's sequence, whose tokens are measured.
   *
   * @param deadlineMicros from its slot on; may be infinite
   */
  Sequence sequence(int[] prompt, int outputTokens, double deadlineMicros) {
    Client client = new Client(prompt, outputTokens, deadlineMicros);
    clients.add(client);
    return client.sequence;
  }

  /** Notes how long the rows of a planned call have waited; before it runs. */
  void planned() {
    if (scheduler.segment() == 0) {
      return;
    }
    RowBatch rows = scheduler.rows();
    long step = scheduler.counters().steps() - 1;
    for (int row = 0; row < rows.rows; row++) {
      if (!rows.prompt[row]) {
        bufferedSteps.add((double) (step - queuedStep[rows.table[row]]));
        bufferedMicros.add(now - queuedMicros[rows.table[row]]);
      }
    }
  }

  /** Notes that the planned call has run; before it is applied. */
  void ran(double micros) {
    now = micros;
    RowBatch rows = scheduler.rows();
    long step = scheduler.counters().steps();
    for (int row = 0; row < rows.rows; row++) {
      queuedMicros[rows.table[row]] = micros;
      queuedStep[rows.table[row]] = step;
    }
  }

  /** Forgets what was measured so far. */
  void restart() {
    atStart = sums();
    Arrays.fill(tokensBySegment, 0);
    requestMicros.clear();
    requestMicrosWithDeadline.clear();
    lateRequests = 0;
    tokenMicros.clear();
    bufferedSteps.clear();
    bufferedMicros.clear();
  }

  /** What was measured. */
  Outcome outcome() {
    Sums end = sums();
    return new Outcome(
        end.micros - atStart.micros,
        end.tokens - atStart.tokens,
        end.decodeTokens - atStart.decodeTokens,
        end.promptTokens - atStart.promptTokens,
        end.steps - atStart.steps,
        tokensBySegment.clone(),
        end.involuntaryExits - atStart.involuntaryExits,
        end.involuntaryStays - atStart.involuntaryStays,
        end.flushes - atStart.flushes,
        end.flushedRows - atStart.flushedRows,
        requestMicros,
        requestMicrosWithDeadline,
        lateRequests,
        tokenMicros,
        bufferedSteps,
        bufferedMicros,
        scheduler.peakHeldTokenLayers(),
        scheduler.plainTokenLayersAtPeak());
  }

  private Sums sums() {
    long exits = 0;
    long stays = 0;
    for (Client client : clients) {
      exits += client.sequence.involuntaryExits();
      stays += client.sequence.involuntaryStays();
    }
    Counters counters = scheduler.counters();
    return new Sums(
        now,
        counters.tokens(),
        counters.decodeTokens(),
        counters.promptRows(),
        counters.steps(),
        exits,
        stays,
        counters.flushes(),
        counters.flushedRows());
  }

  private final class Client implements SequenceListener {
    private final Sequence sequence;
    private final double deadlineMicros; // from its slot on
    private double admittedMicros;
    private double lastTokenMicros = Double.NaN;

    Client(int[] prompt, int outputTokens, double deadlineMicros) {
      this.deadlineMicros = deadlineMicros;
      sequence = new Sequence(prompt, outputTokens, 0, this);
    }

    @Override
    public void admitted() {
      admittedMicros = now;
      if (hasDeadline()) {
        sequence.dueAt((long) ((now + deadlineMicros) * 1000));
      }
    }

    @Override
    public void firstToken() {}

    @Override
    public void token() {
      if (!Double.isNaN(lastTokenMicros)) {
        tokenMicros.add(now - lastTokenMicros);
        tokensBySegment[scheduler.segment()]++;
      }
      lastTokenMicros = now;
    }

    @Override
    public void finished(Sequence ended) {
      double took = now - admittedMicros;
      requestMicros.add(took);
      if (hasDeadline()) {
        requestMicrosWithDeadline.add(took);
        lateRequests += took > deadlineMicros ? 1 : 0;
      }
    }

    private boolean hasDeadline() {
      return deadlineMicros < Double.POSITIVE_INFINITY;
    }
  }
}
