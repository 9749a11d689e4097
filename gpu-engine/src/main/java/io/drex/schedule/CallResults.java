package io.drex.schedule;

import io.drex.device.HeadReadings;
import io.drex.policy.LoadEstimate;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the rows of a call that has run: the queue that each sequence goes to next. Owned
 * by the scheduler's thread.
 */
final class CallResults {
  private static final HeadReadings NO_READINGS = new HeadReadings(0);

  private final Call call;
  private final Queues queues;
  private final DecodeRows decoding;
  private final Verdicts verdicts;
  private final Emission emission;
  private final KvCells kv;
  private final Counters counters;
  private final LoadEstimate load;
  private final int[] depths; // [segment]

  /**
   * @param depths layers run after each segment. [segment]
   */
  CallResults(
      Call call,
      Queues queues,
      DecodeRows decoding,
      Verdicts verdicts,
      Emission emission,
      KvCells kv,
      Counters counters,
      LoadEstimate load,
      int[] depths) {
    this.call = call;
    this.queues = queues;
    this.decoding = decoding;
    this.verdicts = verdicts;
    this.emission = emission;
    this.kv = kv;
    this.counters = counters;
    this.load = load;
    this.depths = depths;
  }

  /** Takes the readings of the call. */
  void apply(HeadReadings out) {
    int segment = call.segment();
    SequenceQueue running = queues.running();
    int meeting = running.size();
    int waitingDeeper = queuedDeeper();
    int head = applyChunk(out);
    boolean isAtRamp = !isLast(segment);
    if (isAtRamp) {
      verdicts.decide(segment, running, out, head);
    }
    for (Sequence s; (s = running.poll()) != null; head++) {
      if (isAtRamp) {
        meetRamp(s, out, head);
      } else {
        endPass(s, out, head);
      }
    }
    load.attended(call.decodeRows(), call.contextTokens());
    if (isAtRamp) {
      load.met(segment, meeting, meeting - (queuedDeeper() - waitingDeeper));
    }
  }

  /** Lets a chunk whose rows have all left before the segment pass it. */
  void passChunk() {
    applyChunk(NO_READINGS);
  }

  /** Rows in the buffer of the ramp after the call's segment. */
  private int queuedDeeper() {
    int segment = call.segment();
    return isLast(segment) ? 0 : queues.stages().queue(segment + 1).size();
  }

  private boolean isLast(int segment) {
    return segment == depths.length - 1;
  }

  /** Returns how many heads the chunk's rows had. */
  private int applyChunk(HeadReadings out) {
    Chunk chunk = queues.chunk();
    if (!isLast(call.segment())) {
      chunk.leave(decoding, call.exited);
      chunk.advance(); // an empty chunk starts at segment 0 again when it is filled
      return 0;
    }
    int head = 0;
    @Nullable Sequence unfinished = null;
    for (Sequence s; (s = chunk.members().poll()) != null; ) {
      s.prefilled = s.chunkEnd;
      kv.share(s);
      if (Chunk.emits(s)) {
        load.prefilled(s.prompt.length - s.foundPositions);
        endPass(s, out, head);
        head++;
      } else if (s.prefilled == s.knownPositions()) {
        queues.stages().add(s, counters.steps);
      } else {
        unfinished = s; // only the last member can be cut by the chunk's end
      }
    }
    if (unfinished != null) {
      queues.prefilling().addFirst(unfinished);
    }
    return head;
  }

  private void meetRamp(Sequence s, HeadReadings out, int head) {
    int segment = call.segment();
    StageQueues stages = queues.stages();
    switch (verdicts.next(s, out.token[head])) {
      case EXIT -> exit(s, out, head);
      case BUFFER -> stages.addBuffered(s, segment + 1, counters.steps);
      case GO_ON -> stages.addGoingOn(s, segment + 1, counters.steps);
      case RELEASE -> {
        int allLayers = depths[depths.length - 1]; // which its row still runs
        if (emission.emit(s, out, head, segment, allLayers)) {
          s.isReleased = true;
          stages.addGoingOn(s, segment + 1, counters.steps);
        }
      }
    }
  }

  private void exit(Sequence s, HeadReadings out, int head) {
    int segment = call.segment();
    int position = s.position();
    if (emission.emit(s, out, head, segment, depths[segment])) {
      decoding.leave(s, segment, position, s.hiddenSlot, call.exited);
      queues.stages().addReady(s, counters.steps);
    }
  }

  /** A row ran all layers; if its token was final at a ramp, this head's does not count. */
  private void endPass(Sequence s, HeadReadings out, int head) {
    int segment = call.segment();
    s.pendingFrom = 0; // it ran beside this row
    boolean isOver = s.isReleased && out.token[head] != HeadReadings.NOT_FINITE;
    if (isOver || emission.emit(s, out, head, segment, depths[segment])) {
      s.isReleased = false;
      queues.stages().addReady(s, counters.steps);
    }
  }
}
