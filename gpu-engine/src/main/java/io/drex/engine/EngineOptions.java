package io.drex.engine;

import io.drex.device.KvFill;

/**
 * How an engine is opened. {@code device}, {@code policy}, {@code kvFill} and {@code
 * maxSequenceTokens}, which may cut a completion short, can change a row's results; all other
 * options decide when work runs.
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
 * @param mailboxTokens prompt tokens that may wait for admission before submits have to wait
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

  /**
   * @throws IllegalArgumentException naming the option, its value and the least it may be
   */
  public EngineOptions {
    atLeast("slots", slots, 1);
    atLeast("maxPrefillTokens", maxPrefillTokens, 1);
    if (maxSequenceTokens != 0) {
      atLeast("maxSequenceTokens", maxSequenceTokens, 2);
    }
    atLeast("kvTokens", kvTokens, 0);
    atLeast("flushRows", flushRows, 0);
    atLeast("maxBufferAgeSteps", maxBufferAgeSteps, 0);
    atLeast("threads", threads, 1);
    atLeast("mailboxTokens", mailboxTokens, 1);
  }

  private static void atLeast(String option, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(option + " must be at least " + least + ", not " + value);
    }
  }

  /** The defaults, to be changed by the {@code with…} methods. */
  public static EngineOptions defaults() {
    return new EngineOptions("auto", "rebatch", KvFill.MAP, 64, 256, 0, 0, 0, 100, 1, 1 << 18);
  }

  /** These options with another {@code device}. */
  public EngineOptions withDevice(String value) {
    return new EngineOptions(
        value,
        policy,
        kvFill,
        slots,
        maxPrefillTokens,
        maxSequenceTokens,
        kvTokens,
        flushRows,
        maxBufferAgeSteps,
        threads,
        mailboxTokens);
  }

  /** These options with another {@code policy}. */
  public EngineOptions withPolicy(String value) {
    return new EngineOptions(
        device,
        value,
        kvFill,
        slots,
        maxPrefillTokens,
        maxSequenceTokens,
        kvTokens,
        flushRows,
        maxBufferAgeSteps,
        threads,
        mailboxTokens);
  }

  /** These options with another {@code kvFill}. */
  public EngineOptions withKvFill(KvFill value) {
    return new EngineOptions(
        device,
        policy,
        value,
        slots,
        maxPrefillTokens,
        maxSequenceTokens,
        kvTokens,
        flushRows,
        maxBufferAgeSteps,
        threads,
        mailboxTokens);
  }

  /** These options with another {@code slots}. */
  public EngineOptions withSlots(int value) {
    return new EngineOptions(
        device,
        policy,
        kvFill,
        value,
        maxPrefillTokens,
        maxSequenceTokens,
        kvTokens,
        flushRows,
        maxBufferAgeSteps,
        threads,
        mailboxTokens);
  }

  /** These options with another {@code maxPrefillTokens}. */
  public EngineOptions withMaxPrefillTokens(int value) {
    return new EngineOptions(
        device,
        policy,
        kvFill,
        slots,
        value,
        maxSequenceTokens,
        kvTokens,
        flushRows,
        maxBufferAgeSteps,
        threads,
        mailboxTokens);
  }

  /** These options with another {@code maxSequenceTokens}. */
  public EngineOptions withMaxSequenceTokens(int value) {
    return new EngineOptions(
        device,
        policy,
        kvFill,
        slots,
        maxPrefillTokens,
        value,
        kvTokens,
        flushRows,
        maxBufferAgeSteps,
        threads,
        mailboxTokens);
  }

  /** These options with another {@code kvTokens}. */
  public EngineOptions withKvTokens(int value) {
    return new EngineOptions(
        device,
        policy,
        kvFill,
        slots,
        maxPrefillTokens,
        maxSequenceTokens,
        value,
        flushRows,
        maxBufferAgeSteps,
        threads,
        mailboxTokens);
  }

  /** These options with another {@code flushRows}. */
  public EngineOptions withFlushRows(int value) {
    return new EngineOptions(
        device,
        policy,
        kvFill,
        slots,
        maxPrefillTokens,
        maxSequenceTokens,
        kvTokens,
        value,
        maxBufferAgeSteps,
        threads,
        mailboxTokens);
  }

  /** These options with another {@code maxBufferAgeSteps}. */
  public EngineOptions withMaxBufferAgeSteps(int value) {
    return new EngineOptions(
        device,
        policy,
        kvFill,
        slots,
        maxPrefillTokens,
        maxSequenceTokens,
        kvTokens,
        flushRows,
        value,
        threads,
        mailboxTokens);
  }

  /** These options with another {@code threads}. */
  public EngineOptions withThreads(int value) {
    return new EngineOptions(
        device,
        policy,
        kvFill,
        slots,
        maxPrefillTokens,
        maxSequenceTokens,
        kvTokens,
        flushRows,
        maxBufferAgeSteps,
        value,
        mailboxTokens);
  }

  /** These options with another {@code mailboxTokens}. */
  public EngineOptions withMailboxTokens(int value) {
    return new EngineOptions(
        device,
        policy,
        kvFill,
        slots,
        maxPrefillTokens,
        maxSequenceTokens,
        kvTokens,
        flushRows,
        maxBufferAgeSteps,
        threads,
        value);
  }
}
