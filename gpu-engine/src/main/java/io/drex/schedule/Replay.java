package io.drex.schedule;

import io.drex.device.KvFill;

/**
 * How deep rows run at known positions: at those of prompts through all layers, at generated ones
 * as deep as when they were decoded, so that all K and V come out the same. Pure.
 */
final class Replay {
  private final KvFill kvFill;
  private final int[] depths; // [segment]

  /**
   * @param depths layers run after each segment. [segment]
   */
  Replay(KvFill kvFill, int[] depths) {
    this.kvFill = kvFill;
    this.depths = depths;
  }

  int segments() {
    return depths.length;
  }

  /** Whether the row of a known position runs a segment. */
  boolean runs(Sequence s, int position, int segment) {
    return segment == 0 || depthOf(s, position) > depths[segment - 1];
  }

  /** Whether the row of a known position leaves at the ramp after a segment. */
  boolean leaves(Sequence s, int position, int segment) {
    return segment < depths.length - 1 && depthOf(s, position) == depths[segment];
  }

  /**
   * Whether a row that leaves is the pending token of {@link KvFill#RECOMPUTE}, which runs on
   * beside the next; those before it have done so.
   */
  boolean isPending(Sequence s, int position) {
    return kvFill.maxPending() > 0 && position == s.knownPositions() - 1;
  }

  private int depthOf(Sequence s, int position) {
    boolean ranOn = kvFill.maxPending() > 0 && !isPending(s, position);
    return s.isPrompt(position) || ranOn ? depths[depths.length - 1] : s.depthAt(position);
  }
}
