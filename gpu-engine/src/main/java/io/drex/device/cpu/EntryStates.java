package io.drex.device.cpu;

import io.drex.device.RowBatch;
import io.drex.device.Segments;
import io.drex.device.cpu.kernel.Kernels;
import io.drex.device.cpu.kernel.Panel;
import io.drex.model.ConfidenceMetric;

/**
 * The hidden states with which the head rows of a call entered its segment, for {@link
 * ConfidenceMetric#HIDDEN_COSINE}; no memory where no head reports that.
 */
final class EntryStates {
  private final Panel hidden; // [slot][hidden]
  private final Panel entered; // [head][hidden]
  private final int width;

  private EntryStates(Panel hidden, Panel entered, int width) {
    this.hidden = hidden;
    this.entered = entered;
    this.width = width;
  }

  /**
   * @param hidden [slot][hidden]
   * @param maxHeads most head rows of one call
   */
  static EntryStates allocate(Segments segments, Panel hidden, int maxHeads, int width) {
    int heads = segments.report(ConfidenceMetric.HIDDEN_COSINE) ? maxHeads : 0;
    return new EntryStates(hidden, Panel.allocate(heads, width), width);
  }

  /** Keeps the states of the head rows as they are now. */
  void keep(RowBatch rows) {
    for (int head = 0; head < rows.heads; head++) {
      int state = hidden.at(rows.slot[rows.headRow[head]]);
      System.arraycopy(hidden.data(), state, entered.data(), entered.at(head), width);
    }
  }

  /** Cosine of a head row's state and the one that was kept, in [-1, 1]; 0 if there is none. */
  float cosine(Kernels kernels, RowBatch rows, int head) {
    float[] now = hidden.data();
    int state = hidden.at(rows.slot[rows.headRow[head]]);
    float[] then = entered.data();
    int kept = entered.at(head);
    double squares =
        (double) kernels.dot(now, state, now, state, width)
            * kernels.dot(then, kept, then, kept, width);
    double cosine = kernels.dot(now, state, then, kept, width) / Math.sqrt(squares);
    return squares > 0 && squares < Double.POSITIVE_INFINITY
        ? (float) Math.min(1, Math.max(-1, cosine))
        : 0;
  }

  long bytes() {
    return entered.bytes();
  }
}
