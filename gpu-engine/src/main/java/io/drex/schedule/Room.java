package io.drex.schedule;

import org.jspecify.annotations.Nullable;

/**
 * Makes room in the KV pools for the rows of the next call, before any of them is planned. Owned by
 * the scheduler's thread.
 */
final class Room {
  private final Limits limits;
  private final KvCells kv;
  private final Queues queues;
  private final DecodeRows decoding;
  private final Admission admission;

  Room(Limits limits, KvCells kv, Queues queues, DecodeRows decoding, Admission admission) {
    this.limits = limits;
    this.kv = kv;
    this.queues = queues;
    this.decoding = decoding;
    this.admission = admission;
  }

  /**
   * Pre-empts until the rest of the rows that wait before a segment have the blocks that they take.
   * The oldest sequence always stays: a pool holds the longest one.
   */
  void makeFor(int segment) {
    int deepest = kv.fillsCells() ? limits.cache().segments() - 1 : segment;
    for (int taking = segment; taking <= deepest; taking++) {
      while (lacksBlocks(segment, taking)) {
        admission.preemptYoungest();
      }
    }
  }

  private boolean lacksBlocks(int segment, int taking) {
    Chunk chunk = queues.chunk();
    SequenceQueue waiting = queues.stages().queue(segment);
    int available = kv.available(taking);
    int chunkRows = chunk.isEmpty() ? 0 : limits.maxPrefillTokens();
    int rowsEach = limits.kvFill().hiddenPerSequence();
    if (available >= chunkRows + waiting.size() * rowsEach) {
      return false; // a row takes one block at most
    }
    int blocks = 0;
    for (@Nullable Sequence s = chunk.members().peek(); s != null; s = s.next) {
      blocks += kv.blocksFor(s, taking, chunk.rowsOf(s), s.chunkEnd);
    }
    int most = queues.stages().batchRows(segment);
    for (@Nullable Sequence s = waiting.peek(); s != null && most > 0; s = s.next) {
      most--;
      blocks += kv.blocksFor(s, taking, decoding.rowsOf(s, segment), s.position() + 1);
    }
    return blocks > available;
  }
}
