package io.drex.device.sim;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What the heads of a run read: confidences by row and ramp, and lengths; no text and no tokens.
 * Immutable.
 */
public final class Trace {
  private final int ramps;
  private final List<TracedSequence> sequences;
  private final TracedSequence[] byKey; // by increasing key, which is not boxed to be looked up
  private final long[] keys; // [index in byKey]

  /**
   * @param ramps that each record has confidences for
   * @param sequences at least one
   */
  public Trace(int ramps, List<TracedSequence> sequences) {
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException(
          "a trace needs a sequence; record one that completes rows");
    }
    this.ramps = ramps;
    this.sequences = List.copyOf(sequences);
    for (TracedSequence sequence : sequences) {
      int expected = (sequence.outputTokens() - 1) * ramps;
      if (sequence.confidences().length != expected) {
        throw new IllegalArgumentException(
            "a traced sequence of "
                + sequence.outputTokens()
                + " tokens has "
                + sequence.confidences().length
                + " confidences; with "
                + ramps
                + " ramps it needs "
                + expected);
      }
    }
    byKey = sequences.toArray(TracedSequence[]::new);
    Arrays.sort(byKey, Comparator.comparingLong(TracedSequence::key));
    keys = Arrays.stream(byKey).mapToLong(TracedSequence::key).toArray();
  }

  /** Ramps that each sequence has confidences for. */
  public int ramps() {
    return ramps;
  }

  /** All records, in the order in which their sequences began. */
  public List<TracedSequence> sequences() {
    return sequences;
  }

  /** The record of this key, or else one that the key picks. */
  TracedSequence of(long key) {
    int index = Arrays.binarySearch(keys, key);
    return byKey[index >= 0 ? index : (int) Long.remainderUnsigned(Chance.mix(key), byKey.length)];
  }

  /**
   * A row's confidence at a ramp; 1 if it had left before. Past the record's end it starts over.
   *
   * @param token at least 1
   */
  float confidence(long key, int token, int ramp) {
    TracedSequence record = of(key);
    int rows = record.outputTokens() - 1;
    if (rows == 0) {
      return 0;
    }
    float read = record.confidences()[(token - 1) % rows * ramps + ramp];
    return Float.isNaN(read) ? 1 : read;
  }
}
