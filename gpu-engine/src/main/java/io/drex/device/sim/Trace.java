package io.drex.device.sim;

import io.drex.device.SplitMix64;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * What the heads of a run read: confidences by row and ramp, and lengths; no text and no tokens.
 * Immutable.
 */
public final class Trace {
  /** Of records with one key, the first is kept. */
  private static final Comparator<TracedSequence> ORDER =
      Comparator.comparingLong(TracedSequence::key)
          .thenComparing(TracedSequence::outputTokens, Comparator.reverseOrder())
          .thenComparing(TracedSequence::confidences, Arrays::compare);

  private final int ramps;
  private final TracedSequence[] byKey; // increasing
  private final long[] keys; // of the same, to be searched without boxing
  private final String hash;

  /**
   * @param ramps that each record has confidences for
   * @param sequences at least one; of several with one key the longest counts
   */
  public Trace(int ramps, List<TracedSequence> sequences) {
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException(
          "a trace needs a sequence; record one that completes rows");
    }
    this.ramps = ramps;
    List<TracedSequence> distinct = new ArrayList<>();
    for (TracedSequence next : sequences.stream().sorted(ORDER).toList()) {
      requireComplete(next, ramps);
      if (distinct.isEmpty() || distinct.get(distinct.size() - 1).key() != next.key()) {
        distinct.add(next);
      }
    }
    byKey = distinct.toArray(TracedSequence[]::new);
    keys = Arrays.stream(byKey).mapToLong(TracedSequence::key).toArray();
    hash = sha256(ramps, byKey);
  }

  private static void requireComplete(TracedSequence sequence, int ramps) {
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

  /** Ramps that each sequence has confidences for. */
  public int ramps() {
    return ramps;
  }

  /** All records, by increasing key. */
  public List<TracedSequence> sequences() {
    return List.of(byKey);
  }

  /** SHA-256 (hex) of all that replays depend on. */
  public String hash() {
    return hash;
  }

  /** The record of this key, or else one that the key picks. */
  TracedSequence of(long key) {
    int index = Arrays.binarySearch(keys, key);
    return byKey[
        index >= 0 ? index : (int) Long.remainderUnsigned(SplitMix64.mix(key), byKey.length)];
  }

  /**
   * A row's confidence at a ramp; 1 if it had left before. Past the record's end it starts over.
   *
   * @param token at least 1
   */
  float confidence(TracedSequence record, int token, int ramp) {
    int rows = record.outputTokens() - 1;
    if (rows == 0) {
      return 0;
    }
    float read = record.confidences()[(token - 1) % rows * ramps + ramp];
    return Float.isNaN(read) ? 1 : read;
  }

  private static String sha256(int ramps, TracedSequence[] sequences) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(ramps).flip());
      for (TracedSequence sequence : sequences) {
        float[] confidences = sequence.confidences();
        ByteBuffer bytes =
            ByteBuffer.allocate(Long.BYTES + Integer.BYTES + confidences.length * Float.BYTES);
        bytes.putLong(sequence.key()).putInt(sequence.outputTokens());
        for (float confidence : confidences) {
          bytes.putFloat(confidence);
        }
        digest.update(bytes.flip());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
