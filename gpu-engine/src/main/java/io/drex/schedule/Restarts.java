package io.drex.schedule;

/**
 * Lets the sequences of a failed device call run again what they had, or fail as rows if they have
 * been there before. Owned by the scheduler's thread.
 */
final class Restarts {
  private final Call call;
  private final Queues queues;
  private final KvCells kv;
  private final Slots slots;
  private final Endings endings;
  private final CallCeiling ceiling;

  Restarts(
      Call call, Queues queues, KvCells kv, Slots slots, Endings endings, CallCeiling ceiling) {
    this.call = call;
    this.queues = queues;
    this.kv = kv;
    this.slots = slots;
    this.endings = endings;
    this.ceiling = ceiling;
  }

  /** What a failure is put down to. */
  enum Blame {
    /** The rows, which may not fail again. */
    ROWS,
    /** Their number, which becomes smaller, unless it cannot. */
    SIZE
  }

  /** The planned call failed. */
  void restartCall(Blame blame) {
    call.end();
    boolean rowsFault = isRowsFault(blame, call.rows.rows);
    restartAll(queues.chunk().members(), rowsFault);
    restartAll(queues.running(), rowsFault);
  }

  /** Filling the KV of the rows that left in the last call failed. */
  void restartExited(Blame blame) {
    boolean rowsFault = isRowsFault(blame, call.exited.rows);
    for (int row = 0; row < call.exited.rows; row++) {
      int table = call.exited.table[row];
      boolean isRestarted = row > 0 && table == call.exited.table[row - 1]; // several of one replay
      Sequence sequence = slots.holder(table);
      if (!isRestarted && sequence.queue != null) {
        sequence.queue.remove(sequence);
        restart(sequence, rowsFault);
      }
    }
    call.exited.clear();
  }

  private boolean isRowsFault(Blame blame, int failedRows) {
    return switch (blame) {
      case ROWS -> true;
      case SIZE -> !ceiling.lower(failedRows);
    };
  }

  private void restartAll(SequenceQueue queue, boolean rowsFault) {
    for (Sequence s; (s = queue.poll()) != null; ) {
      restart(s, rowsFault);
    }
  }

  private void restart(Sequence s, boolean rowsFault) {
    if (rowsFault && s.restarts > 0) {
      endings.end(s, Outcome.DEVICE_FAULT);
      return;
    }
    s.restarts += rowsFault ? 1 : 0;
    s.rewind(s.cells[0]);
    kv.empty(s);
    queues.prefilling().add(s);
  }
}
