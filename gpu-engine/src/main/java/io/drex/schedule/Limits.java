package io.drex.schedule;

import io.drex.device.CacheGeometry;
import io.drex.device.KvFill;

/**
 * Sizes that a scheduler and its device are built for.
 *
 * @param cache holds at least one sequence of {@code maxSequenceTokens}
 * @param kvFill how skipped layers get their K and V
 * @param slots sequences alive at once
 * @param maxPrefillTokens most prompt rows of one step
 * @param maxSequenceTokens longest sequence, prompt and generated tokens together; at least 2
 * @param kvUse how sequences are let at the KV pools
 */
public record Limits(
    CacheGeometry cache,
    KvFill kvFill,
    int slots,
    int maxPrefillTokens,
    int maxSequenceTokens,
    KvUse kvUse) {

  /** Limits with {@link KvUse#PLAIN}. */
  public Limits(
      CacheGeometry cache, KvFill kvFill, int slots, int maxPrefillTokens, int maxSequenceTokens) {
    this(cache, kvFill, slots, maxPrefillTokens, maxSequenceTokens, KvUse.PLAIN);
  }

  public Limits {
    if (slots < 1 || maxPrefillTokens < 1 || maxSequenceTokens < 2) {
      throw new IllegalArgumentException(
          "slots and maxPrefillTokens must be at least 1 and maxSequenceTokens at least 2, not "
              + slots
              + ", "
              + maxPrefillTokens
              + " and "
              + maxSequenceTokens);
    }
    if (cache.blocksFor(maxSequenceTokens) > cache.leastBlocks()) {
      throw new IllegalArgumentException(
          "a KV pool of "
              + cache.leastCells()
              + " tokens cannot hold one sequence of "
              + maxSequenceTokens);
    }
  }

  /**
   * Most rows of one call: every slot decodes, its pending token beside it, while a full prompt
   * chunk passes.
   */
  public int maxRows() {
    return slots * kvFill.hiddenPerSequence() + maxPrefillTokens;
  }

  /** Tokens that a sequence may generate before it meets its own limit or the longest sequence. */
  int newTokens(Sequence sequence) {
    return Math.min(sequence.options.maxNewTokens(), maxSequenceTokens - sequence.prompt.length);
  }

  /** Positions that a sequence may run; its last token is emitted and never run. */
  int positions(Sequence sequence) {
    return sequence.prompt.length + newTokens(sequence) - 1;
  }
}
