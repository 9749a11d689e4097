package io.drex.schedule;

import io.drex.policy.FlushPolicy;

/**
 * Chooses the next call's segment and its rows, and counts them. Owned by the scheduler's thread.
 */
final class CallPlanner {
  private final Call call;
  private final Queues queues;
  private final DecodeRows decoding;
  private final Slots slots;
  private final CallCeiling ceiling;
  private final Counters counters;

  CallPlanner(
      Call call,
      Queues queues,
      DecodeRows decoding,
      Slots slots,
      CallCeiling ceiling,
      Counters counters) {
    this.call = call;
    this.queues = queues;
    this.decoding = decoding;
    this.slots = slots;
    this.ceiling = ceiling;
    this.counters = counters;
  }

  /** Turns the call to the next segment to run; false if there is nothing to run. */
  boolean choose() {
    Chunk chunk = queues.chunk();
    StageQueues stages = queues.stages();
    boolean decodingFirst = ceiling.partsPromptsFromDecoding() && !stages.areEmpty();
    if (chunk.isEmpty() && !decodingFirst && !stages.mustGoOn() && !stages.isAnyDue()) {
      chunk.fill(queues.prefilling(), ceiling.promptRows());
    }
    int next = chunk.isEmpty() ? stages.next(counters.steps, slots.taken()) : chunk.segment();
    call.turnTo(next);
    return next != FlushPolicy.NOTHING;
  }

  /** Adds the chunk's rows, and those that wait before the segment: there may be none. */
  void fill() {
    queues.chunk().plan(call.rows);
    int chunkRows = call.rows.rows;
    int segment = call.segment();
    SequenceQueue waiting = queues.stages().serve(segment);
    int most = queues.stages().batchRows(segment);
    for (Sequence s; most > 0 && (s = waiting.peek()) != null; most--) {
      if (call.rows.rows + decoding.rowsOf(s, segment) > ceiling.rows()) {
        break;
      }
      waiting.remove(s);
      decoding.add(s, segment, call.rows);
      if (segment > 0) {
        s.bufferedSteps += counters.steps - s.queuedAtStep;
      }
      queues.running().add(s);
    }
    call.complete(chunkRows);
  }

  /** Counts the call, which has rows. */
  void count() {
    int segment = call.segment();
    int decodeRows = call.decodeRows();
    int again = segment == 0 ? queues.chunk().rowsRunBefore() : 0;
    counters.countStep(segment, call.rows.rows - decodeRows - again, decodeRows, isMixed());
    counters.countReplay(again);
    if (segment > 0 && decodeRows > 0 && !queues.stages().wentOn()) {
      counters.countFlush(decodeRows);
    }
  }

  private boolean isMixed() {
    int group = slots.holder(call.rows.table[0]).group;
    for (int row = 1; row < call.rows.rows; row++) {
      if (slots.holder(call.rows.table[row]).group != group) {
        return true;
      }
    }
    return false;
  }
}
