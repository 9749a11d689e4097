package io.drex.engine;

import io.drex.device.KvFill;

/**
 * How an engine is opened. Only {@code device}, {@code policy} and {@code kvFill} can change a
 * row's results; all other options decide when work runs.
 *
 * @param device {@code auto}, {@code cpu}, {@code cpu:scalar}, {@code cpu:vector}, {@code cuda} or
 *     {@code sim:noop}
 * @param policy {@code rebatch} or {@code full_depth}
 * @param kvFill how skipped layers get their K and V
 * @param slots sequences alive at once
 * @param maxPrefillTokens most prompt rows of one step
 * @param maxSequenceTokens longest sequence; 0 takes the model's own limit
 * @param kvTokens tokens that each segment's KV pool holds; 0 takes what all slots may need
 * @param flushRows buffered rows at a ramp that start a flush; 0 takes half the slots
 * @param maxBufferAgeSteps steps that a buffered row may wait
 * @param threads worker threads of the device
 * @param mailboxTokens prompt tokens that may wait between the sessions and the engine thread
 */
public record EngineOptions(
    String device,
    String policy,
    KvFill kvFill,
    int slots,
    int maxPrefillTokens,
    int maxSequenceTokens,
    int kvTokens,
    int flushRows,
    int maxBufferAgeSteps,
    int threads,
    int mailboxTokens) {

  /** The defaults, to be changed by the {@code with…} methods. */
  public static EngineOptions defaults() {
    return new EngineOptions("auto", "rebatch", KvFill.MAP, 64, 256, 0, 0, 0, 100, 1, 1 << 18);
  }
}
