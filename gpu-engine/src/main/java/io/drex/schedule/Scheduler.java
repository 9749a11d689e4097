package io.drex.schedule;

import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.policy.LoadEstimate;
import io.drex.policy.StepTimes;
import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A queue before each segment and one server, the device. {@link #plan} fills a call, the owner
 * runs it, {@link #apply} takes what the heads read; then the owner fills the KV of {@link
 * #exited}. Pure: no clock, no threads, and no allocation but at admission. Owned by one thread.
 *
 * <p>Prompts pass in chunks, one segment a step; rows that are queued before that segment ride
 * along, so decoding never stalls and buffers are flushed at marginal cost. Prompt rows never exit:
 * a sequence's first token comes from the full depth. Admission is longest first, by what sequences
 * are expected to need; when KV blocks run out, the youngest is pre-empted, and later runs again
 * what it had, with the tokens and exits on record.
 *
 * <p>Under {@link KvFill#RECOMPUTE} a row with a pending token before it does not leave; where it
 * was confident, that is an involuntary stay.
 *
 * <p>A buffered row runs within {@code maxBufferAgeSteps + 3 · segments} steps, while no call has
 * run out of memory: after that calls are smaller, and rows that do not fit wait their turn.
 */
public final class Scheduler {
  private static final HeadReadings NO_READINGS = new HeadReadings(0);

  private final Limits limits;
  private final RampSpec[] ramps; // [segment], the ramp after it; one fewer than segments
  private final int[] depths; // [segment]
  private final BitSet stopTokens;
  private final int lastSegment;

  private final KvCells kv;
  private final Slots slots;
  private final Admission admission;
  private final SequenceQueue prefilling = new SequenceQueue("prefilling");
  private final Replay replay;
  private final Chunk chunk;
  private final DecodeRows decoding;
  private final StageQueues stages;
  private final Room room;
  private final CallCeiling ceiling;
  private final SequenceQueue running = new SequenceQueue("running");
  private final Verdicts verdicts;
  private final StepTimes times;

  private final RowBatch rows;
  private final RowBatch exited;
  private final Counters counters = new Counters();
  private final LoadEstimate load;
  private int segment;
  private int decodeRows;
  private long contextTokens;
  private boolean inCall;

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
    int segments = limits.cache().segments();
    if (spec.ramps().size() + 1 != segments) {
      throw new IllegalArgumentException(
          spec.ramps().size() + " ramps do not make " + segments + " segments");
    }
    this.limits = limits;
    this.stopTokens = new BitSet();
    stopTokens.forEach(this.stopTokens::set);
    ramps = spec.ramps().toArray(RampSpec[]::new);
    lastSegment = segments - 1;
    depths = new int[segments];
    for (int s = 0; s < segments; s++) {
      depths[s] = s == lastSegment ? spec.layers() : ramps[s].depth();
    }
    load = new LoadEstimate(lastSegment);
    int batchRows = exitPolicy.batchRows(limits.slots());
    stages = new StageQueues(segments, flushPolicy, batchRows, exitPolicy.servesNewestFirst());
    times = new StepTimes(segments);
    verdicts = new Verdicts(exitPolicy, ramps, limits, times);
    kv = new KvCells(limits, depths);
    slots = new Slots(limits.slots());
    admission = new Admission(limits, kv, slots, counters);
    replay = new Replay(limits.kvFill(), depths);
    chunk = new Chunk(limits, kv, replay);
    ceiling = new CallCeiling(limits);
    decoding = new DecodeRows(limits, kv);
    room = new Room(limits, kv, chunk, decoding, stages, admission);
    rows = new RowBatch(limits.maxRows(), kv.tables());
    exited = new RowBatch(limits.maxRows(), kv.tables());
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
    return segment;
  }

  /** The planned call's rows. */
  public RowBatch rows() {
    return rows;
  }

  /** Rows of the planned call at generated positions; they follow those of prompts. */
  public int decodeRows() {
    return decodeRows;
  }

  /** Positions that the decode rows of the planned call attend to, summed over the rows. */
  public long contextTokens() {
    return contextTokens;
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
    return exited;
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
    requireBetweenCalls();
    admit();
    while (choose()) {
      room.makeFor(segment);
      rows.clear();
      chunk.plan(rows);
      planQueue();
      if (rows.rows > 0) {
        count();
        inCall = true;
        return true;
      }
      if (!chunk.isEmpty()) {
        applyChunk(NO_READINGS); // its rows have all left before this segment
      }
    }
    return false;
  }

  /** Chooses the next call's segment; false if there is nothing to run. */
  private boolean choose() {
    boolean decodingFirst = ceiling.partsPromptsFromDecoding() && !stages.areEmpty();
    if (chunk.isEmpty() && !stages.mustGoOn() && !decodingFirst) {
      chunk.fill(prefilling, ceiling.promptRows());
    }
    int next = chunk.isEmpty() ? stages.next(counters.steps, slots.taken()) : chunk.segment();
    segment = next;
    return next != FlushPolicy.NOTHING;
  }

  /** Takes the readings of the planned call. */
  public void apply(HeadReadings out) {
    requireInCall();
    inCall = false;
    exited.clear();
    int meeting = running.size();
    int waitingDeeper = queuedDeeper();
    int head = applyChunk(out);
    if (segment < lastSegment) {
      verdicts.decide(segment, running, out, head);
    }
    for (Sequence s; (s = running.poll()) != null; head++) {
      if (segment < lastSegment) {
        meetRamp(s, out, head);
      } else {
        endPass(s, out, head);
      }
    }
    load.attended(decodeRows, contextTokens);
    if (segment < lastSegment) {
      load.met(segment, meeting, meeting - (queuedDeeper() - waitingDeeper));
    }
  }

  /** Rows in the buffer of the ramp after the planned call's segment. */
  private int queuedDeeper() {
    return segment == lastSegment ? 0 : stages.queue(segment + 1).size();
  }

  /** Says how long the planned call took, for policies that measure; before it is applied. */
  public void took(long nanos) {
    requireInCall();
    times.add(segment, stages.wentOn(), nanos);
  }

  /** Ends a sequence that has not finished; between calls only. */
  public void cancel(Sequence sequence) {
    requireBetweenCalls();
    if (sequence.queue != null) {
      if (sequence.isAdmitted()) {
        sequence.queue.remove(sequence);
      } else {
        admission.remove(sequence);
      }
      finish(sequence, Outcome.CANCELLED);
    }
  }

  /** The planned call failed: its sequences run again what they had, or fail as rows. */
  public void restartCall() {
    restartCall(true);
  }

  /**
   * The planned call ran out of memory: as {@link #restartCall}, but calls become smaller, and
   * unless it was as small as they get, no sequence is one restart nearer to its end.
   */
  public void retryCallSmaller() {
    restartCall(!lowerCeiling(rows.rows));
  }

  private void restartCall(boolean rowsFault) {
    requireInCall();
    inCall = false;
    exited.clear();
    restartAll(chunk.members(), rowsFault);
    restartAll(running, rowsFault);
  }

  /**
   * Filling the KV of {@link #exited} failed: its sequences run again what they had, or fail as
   * rows.
   */
  public void restartExited() {
    restartExited(true);
  }

  /** Filling the KV of {@link #exited} ran out of memory; see {@link #retryCallSmaller}. */
  public void retryExitedSmaller() {
    restartExited(!lowerCeiling(exited.rows));
  }

  private void restartExited(boolean rowsFault) {
    requireBetweenCalls();
    for (int row = 0; row < exited.rows; row++) {
      int table = exited.table[row];
      boolean isRestarted = row > 0 && table == exited.table[row - 1]; // several of one replay
      Sequence sequence = slots.holder(table);
      if (!isRestarted && sequence.queue != null) {
        sequence.queue.remove(sequence);
        restart(sequence, rowsFault);
      }
    }
    exited.clear();
  }

  /**
   * Checks that slots, blocks and queues add up; between calls only.
   *
   * @throws IllegalStateException naming the invariant of {@link IntegrityCheck} that is broken
   */
  public void checkIntegrity() {
    requireBetweenCalls();
    new IntegrityCheck(limits, kv, slots, replay).run(prefilling, chunk, stages);
  }

  private void admit() {
    for (Sequence next; (next = admission.next()) != null; ) {
      load.admitted(next.prompt.length, limits.newTokens(next));
      prefilling.add(next);
    }
  }

  private void planQueue() {
    int chunkRows = rows.rows;
    SequenceQueue queue = stages.serve(segment);
    int most = stages.batchRows(segment);
    for (Sequence s; most > 0 && (s = queue.peek()) != null; most--) {
      if (rows.rows + decoding.rowsOf(s, segment) > ceiling.rows()) {
        break;
      }
      queue.remove(s);
      decoding.add(s, segment, rows);
      if (segment > 0) {
        s.bufferedSteps += counters.steps - s.queuedAtStep;
      }
      running.add(s);
    }
    decodeRows = rows.rows - chunkRows;
    contextTokens = 0;
    for (int row = chunkRows; row < rows.rows; row++) {
      contextTokens += rows.position[row] + 1;
    }
  }

  private void count() {
    int chunkRows = rows.rows - decodeRows;
    int again = segment == 0 ? chunk.rowsRunBefore() : 0;
    counters.countStep(segment, chunkRows - again, decodeRows, isMixed());
    counters.countReplay(again);
    if (segment > 0 && decodeRows > 0 && !stages.wentOn()) {
      counters.countFlush(decodeRows);
    }
  }

  private boolean isMixed() {
    int group = slots.holder(rows.table[0]).group;
    for (int row = 1; row < rows.rows; row++) {
      if (slots.holder(rows.table[row]).group != group) {
        return true;
      }
    }
    return false;
  }

  /** Returns how many heads the chunk's rows had. */
  private int applyChunk(HeadReadings out) {
    if (segment < lastSegment) {
      chunk.leave(decoding, exited);
      chunk.advance(); // an empty chunk starts at segment 0 again when it is filled
      return 0;
    }
    int head = 0;
    @Nullable Sequence unfinished = null;
    for (Sequence s; (s = chunk.members().poll()) != null; ) {
      s.prefilled = s.chunkEnd;
      kv.share(s);
      if (Chunk.emits(s)) {
        endPass(s, out, head);
        head++;
      } else if (s.prefilled == s.knownPositions()) {
        stages.add(s, 0, counters.steps);
      } else {
        unfinished = s; // only the last member can be cut by the chunk's end
      }
    }
    if (unfinished != null) {
      prefilling.addFirst(unfinished);
    }
    return head;
  }

  private void meetRamp(Sequence s, HeadReadings out, int head) {
    switch (verdicts.next(s, out.token[head])) {
      case EXIT -> exit(s, out, head);
      case BUFFER -> stages.add(s, segment + 1, counters.steps);
      case GO_ON -> stages.addGoingOn(s, segment + 1, counters.steps);
      case RELEASE -> {
        if (emit(s, out, head, depths[lastSegment])) { // its row still runs all layers
          s.isReleased = true;
          stages.addGoingOn(s, segment + 1, counters.steps);
        }
      }
    }
  }

  private void exit(Sequence s, HeadReadings out, int head) {
    int position = s.position();
    if (emit(s, out, head, depths[segment])) {
      decoding.leave(s, segment, position, s.hiddenSlot, exited);
      stages.addReady(s, counters.steps);
    }
  }

  /** A row ran all layers; if its token was final at a ramp, this head's does not count. */
  private void endPass(Sequence s, HeadReadings out, int head) {
    s.pendingFrom = 0; // it ran beside this row
    boolean isOver = s.isReleased && out.token[head] != HeadReadings.NOT_FINITE;
    if (isOver || emit(s, out, head, depths[segment])) {
      s.isReleased = false;
      stages.addReady(s, counters.steps);
    }
  }

  /**
   * @param depth layers that the token's row runs
   * @return whether the sequence goes on
   */
  private boolean emit(Sequence s, HeadReadings out, int head, int depth) {
    int token = out.token[head];
    if (token == HeadReadings.NOT_FINITE) {
      finish(s, Outcome.NUMERIC_FAULT);
      return false;
    }
    s.append(token, out.confidence[head], out.logProb[head], depth);
    s.exitsBySegment[segment]++;
    counters.tokens++;
    s.listener.token();
    if (s.tokenCount() == 1) {
      s.listener.firstToken();
    } else {
      counters.decodeTokens++;
    }
    if (stopTokens.get(token) || s.stops()) {
      finish(s, Outcome.STOP);
    } else if (s.isFull()) {
      finish(s, Outcome.LENGTH);
    } else {
      return true;
    }
    return false;
  }

  private void finish(Sequence s, Outcome outcome) {
    if (outcome == Outcome.STOP || outcome == Outcome.LENGTH) {
      admission.learn(s);
    }
    if (s.isAdmitted()) {
      kv.release(s);
      slots.give(s.slot);
    }
    if (outcome == Outcome.STOP || outcome == Outcome.LENGTH) {
      load.ended(s.tokenCount());
    }
    s.finish(outcome);
    s.listener.finished(s);
  }

  private boolean lowerCeiling(int failedRows) {
    counters.countOutOfMemory();
    return ceiling.lower(failedRows);
  }

  private void restartAll(SequenceQueue queue, boolean rowsFault) {
    for (Sequence s; (s = queue.poll()) != null; ) {
      restart(s, rowsFault);
    }
  }

  private void restart(Sequence s, boolean rowsFault) {
    if (rowsFault && s.restarts > 0) {
      finish(s, Outcome.DEVICE_FAULT);
      return;
    }
    s.restarts += rowsFault ? 1 : 0;
    s.rewind(s.cells[0]);
    kv.empty(s);
    prefilling.add(s);
  }

  private void requireBetweenCalls() {
    if (inCall) {
      throw new IllegalStateException("a planned call was neither applied nor restarted");
    }
  }

  private void requireInCall() {
    if (!inCall) {
      throw new IllegalStateException("no call is planned");
    }
  }
}
