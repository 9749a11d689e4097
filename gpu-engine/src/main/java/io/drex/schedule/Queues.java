package io.drex.schedule;

/**
 * Where a sequence that holds a slot can be: it is in exactly one of these. Owned by the
 * scheduler's thread.
 *
 * @param prefilling waits for its next chunk
 * @param chunk its known tokens cross the model
 * @param stages waits before a segment
 * @param running its row is in the planned call
 */
record Queues(SequenceQueue prefilling, Chunk chunk, StageQueues stages, SequenceQueue running) {

  Queues(Chunk chunk, StageQueues stages) {
    this(new SequenceQueue("prefilling"), chunk, stages, new SequenceQueue("running"));
  }
}
