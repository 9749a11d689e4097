package io.drex.device;

import io.drex.model.ConfidenceMetric;

/**
 * Sizes and choices fixed when a model is opened on a device.
 *
 * @param cache KV cache geometry
 * @param kvFill how skipped layers get their K and V
 * @param fullDepthMetric what the LM head reports after the last segment
 * @param slots sequences alive at once
 * @param maxSequenceTokens longest sequence; positions are less
 * @param maxPrefillTokens scratch slots for prompt rows
 * @param maxRows most rows of one call, at least {@code max(slots, maxPrefillTokens)}
 * @param threads worker threads, at least 1; results do not depend on it
 */
public record DeviceOptions(
    CacheGeometry cache,
    KvFill kvFill,
    ConfidenceMetric fullDepthMetric,
    int slots,
    int maxSequenceTokens,
    int maxPrefillTokens,
    int maxRows,
    int threads) {

  /**
   * Slots of the hidden-state pool: one for each sequence, then one for each prompt row, then as
   * many again as the sequences' pending tokens need.
   */
  public int hiddenSlots() {
    return slots * kvFill.hiddenPerSequence() + maxPrefillTokens;
  }
}
