package io.drex.schedule;

import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.policy.LoadEstimate;
import io.drex.policy.Pace;
import io.drex.policy.StepTimes;
import io.drex.schedule.Restarts.Blame;
import java.util.Set;

/**
 * A queue before each segment and one server, the device. {@link #plan} fills a call, the owner
 * runs it, {@link #apply} takes what the heads read; then the owner fills the KV of {@link
 * #exited}. Pure: no clock, no threads, and no allocation but at admission. Owned by one thread.
 *
 * <p>Prompts pass in chunks, one segment a step; rows that are queued before that segment ride
 * along, so decoding never stalls and buffers are flushed at marginal cost. Prompt rows never exit:
 * a sequence's first token comes from the full depth. Admission is by priority, then longest first,
 * by what sequences are expected to need; when KV blocks run out, the youngest is pre-empted, and
 * later runs again what it had, with the tokens and exits on record.
 *
 * <p>Under {@link KvFill#RECOMPUTE} a row with a pending token before it does not leave; where it
 * was confident, that is an involuntary stay.
 *
 * <p>A buffer is flushed when its policy says so, or when a row in it would miss its deadline. A
 * buffered row runs within {@code maxBufferAgeSteps + 3 · segments} steps, while no call has run
 * out of memory: after that calls are smaller, and rows that do not fit wait their turn.
 */
public final class Scheduler {
  private final Limits limits;
  private final RampSpec[] ramps; // [segment], the ramp after it; one fewer than segments
  private final KvCells kv;
  private final Slots slots;
  private final Admission admission;
  private final Replay replay;
  private final Queues queues;
  private final Room room;
  private final CallCeiling ceiling;
  private final Call call;
  private final CallPlanner planner;
  private final CallResults results;
  private final Endings endings;
  private final Restarts restarts;
  private final StepTimes times;
  private final Pace pace = new Pace();
  private final Deadlines deadlines;
  private final Counters counters = new Counters();
  private final LoadEstimate load;
  private long decodeTokens; // that the pace knows of

  /**
   * @param spec its ramps are those that cut it into segments
   * @param stopTokens ids that end a sequence
   */
  public Scheduler(
      Limits limits,
      ModelSpec spec,
      Set<Integer> stopTokens,
      ExitPolicy exitPolicy,
      FlushPolicy flushPolicy) {
    this.limits = limits;
    ramps = spec.ramps().toArray(RampSpec[]::new);
    int[] depths = depths(spec, limits);
    int segments = depths.length;
    load = new LoadEstimate(segments - 1);
    times = new StepTimes(segments);
    kv = new KvCells(limits, depths);
    slots = new Slots(limits.slots());
    Expectation expectation = new Expectation(segments, limits.kvUse().expectedNewTokens());
    admission = new Admission(limits, kv, slots, expectation, counters);
    deadlines = new Deadlines(segments, expectation, times, pace);
    replay = new Replay(limits.kvFill(), depths);
    ceiling = new CallCeiling(limits, counters);
    int batchRows = exitPolicy.batchRows(limits.slots());
    queues =
        new Queues(
            new Chunk(limits, kv, replay),
            new StageQueues(
                segments, flushPolicy, deadlines, batchRows, exitPolicy.servesNewestFirst()));
    DecodeRows decoding = new DecodeRows(limits, kv);
    room = new Room(limits, kv, queues, decoding, admission);
    call = new Call(limits.maxRows(), kv);
    planner = new CallPlanner(call, queues, decoding, slots, ceiling, counters);
    endings = new Endings(kv, slots, admission, load);
    Emission emission = new Emission(stopTokens, counters, endings);
    Verdicts verdicts = new Verdicts(exitPolicy, ramps, limits, times);
    results =
        new CallResults(call, queues, decoding, verdicts, emission, kv, counters, load, depths);
    restarts = new Restarts(call, queues, kv, slots, endings, ceiling);
  }

  /** Layers run after each segment. [segment] */
  private static int[] depths(ModelSpec spec, Limits limits) {
    int segments = limits.cache().segments();
    int ramps = spec.ramps().size();
    if (ramps + 1 != segments) {
      throw new IllegalArgumentException(ramps + " ramps do not make " + segments + " segments");
    }
    int[] depths = new int[segments];
    for (int s = 0; s < segments; s++) {
      depths[s] = s == ramps ? spec.layers() : spec.ramps().get(s).depth();
    }
    return depths;
  }

  /** Queues a sequence for admission. */
  public void add(Sequence sequence) {
    if (sequence.prompt.length >= limits.maxSequenceTokens()) {
      throw new IllegalArgumentException(
          "a prompt of "
              + sequence.prompt.length
              + " tokens leaves no room to generate within "
              + limits.maxSequenceTokens());
    }
    sequence.meet(ramps);
    admission.add(sequence);
  }

  /** Whether no sequence waits or is alive. */
  public boolean isIdle() {
    return !admission.isAnyWaiting() && slots.taken() == 0;
  }

  /** The planned call's segment; after {@link #apply}, the segment that {@link #exited} left. */
  public int segment() {
    return call.segment();
  }

  /** The planned call's rows. */
  public RowBatch rows() {
    return call.rows;
  }

  /** Rows of the planned call at generated positions; they follow those of prompts. */
  public int decodeRows() {
    return call.decodeRows();
  }

  /** Positions that the decode rows of the planned call attend to, summed over the rows. */
  public long contextTokens() {
    return call.contextTokens();
  }

  /** Whether a sequence waits for admission. */
  public boolean hasWaiting() {
    return admission.isAnyWaiting();
  }

  /** What the rows of late were like. */
  public LoadEstimate load() {
    return load;
  }

  /** Rows that left at a ramp in the last {@link #apply} and live on: their KV is to be filled. */
  public RowBatch exited() {
    return call.exited;
  }

  /** Most rows that a call may have by now; see {@link #retryCallSmaller}. */
  public int mostRows() {
    return ceiling.rows();
  }

  /** What was done so far. */
  public Counters counters() {
    return counters;
  }

  /** Prompt positions that did not run, because another sequence had computed them. */
  public long sharedPromptRows() {
    return kv.sharedPromptRows();
  }

  /** Most KV held at once in blocks, in tokens times layers. */
  public long peakHeldTokenLayers() {
    return kv.peakHeldTokenLayers();
  }

  /** What tokens took of it, in tokens times layers; the rest were parts of blocks not yet used. */
  public long usedTokenLayersAtPeak() {
    return kv.usedTokenLayersAtPeak();
  }

  /** What a cache without early exits would have held then, in tokens times layers. */
  public long plainTokenLayersAtPeak() {
    return kv.plainTokenLayersAtPeak();
  }

  /** Plans the next call; false when there is nothing to do. */
  public boolean plan() {
    call.requireEnded();
    admit();
    while (planner.choose()) {
      room.makeFor(call.segment());
      planner.fill();
      if (call.rows.rows > 0) {
        planner.count();
        call.begin();
        return true;
      }
      if (!queues.chunk().isEmpty()) {
        results.passChunk();
      }
    }
    return false;
  }

  /** Takes the readings of the planned call. */
  public void apply(HeadReadings out) {
    call.end();
    ceiling.ranThrough();
    results.apply(out);
  }

  /**
   * Says what time it is on the clock of {@link Sequence#dueAt}, before a call is planned. Its zero
   * is arbitrary, and no time is negative; where nobody is due, it need not be said.
   */
  public void now(long nanos) {
    deadlines.now(nanos);
  }

  /**
   * Says how long the planned call took, for policies that measure and for deadlines; before it is
   * applied.
   */
  public void took(long nanos) {
    call.requirePlanned();
    int inPrompts = queues.prefilling().size() + queues.chunk().members().size();
    pace.add(nanos, slots.taken() - inPrompts, counters.decodeTokens - decodeTokens);
    decodeTokens = counters.decodeTokens;
    times.add(call.segment(), queues.stages().wentOn(), nanos);
  }

  /** Ends a sequence that has not finished; between calls only. */
  public void cancel(Sequence sequence) {
    call.requireEnded();
    if (sequence.queue != null) {
      if (sequence.isAdmitted()) {
        sequence.queue.remove(sequence);
      } else {
        admission.remove(sequence);
      }
      endings.end(sequence, Outcome.CANCELLED);
    }
  }

  /** The planned call failed: its sequences run again what they had, or fail as rows. */
  public void restartCall() {
    restarts.restartCall(Blame.ROWS);
  }

  /**
   * The planned call ran out of memory: as {@link #restartCall}, but calls become smaller, and
   * unless it was as small as they get, no sequence is one restart nearer to its end.
   */
  public void retryCallSmaller() {
    restarts.restartCall(Blame.SIZE);
  }

  /**
   * Filling the KV of {@link #exited} failed: its sequences run again what they had, or fail as
   * rows.
   */
  public void restartExited() {
    call.requireEnded();
    restarts.restartExited(Blame.ROWS);
  }

  /** Filling the KV of {@link #exited} ran out of memory; see {@link #retryCallSmaller}. */
  public void retryExitedSmaller() {
    call.requireEnded();
    restarts.restartExited(Blame.SIZE);
  }

  /**
   * Checks that slots, blocks and queues add up; between calls only.
   *
   * @throws IllegalStateException naming the invariant of {@link IntegrityCheck} that is broken
   */
  public void checkIntegrity() {
    call.requireEnded();
    new IntegrityCheck(limits, kv, slots, replay).run(queues);
  }

  private void admit() {
    for (Sequence next; (next = admission.next()) != null; ) {
      load.admitted(limits.newTokens(next));
      queues.prefilling().add(next);
    }
    if (admission.isAnyWaiting()) {
      load.full(slots.taken());
    }
  }
}
