package io.drex.engine;

import io.drex.device.KvFill;
import io.drex.device.PrefixSharing;
import io.drex.policy.Patience;
import java.util.function.Consumer;

/**
 * How an engine is opened. {@code device}, {@code policy}, {@code kvFill} and {@code
 * maxSequenceTokens}, which may cut a completion short, can change a row's results; all other
 * options decide when work runs, which under a schedule-dependent policy or device changes results
 * too.
 *
 * @param device {@code auto}, {@code cpu}, {@code cpu:scalar}, {@code cpu:vector}, {@code
 *     cpu:int8}, {@code cpu:onednn}, {@code cuda}, {@code cuda:fast}, either with {@code
 *     :<address>}, {@code sim:noop}, or a simulated device, {@code sim:<gpu>/<shape>} or {@code
 *     sim:<file>.json}
 * @param policy one of {@link io.drex.policy.Presets}
 * @param kvFill how skipped layers get their K and V
 * @param slots sequences alive at once
 * @param maxPrefillTokens most prompt rows of one step
 * @param maxSequenceTokens longest sequence; 0 takes the model's own limit
 * @param kvTokens tokens that a segment's KV pool holds; 0 takes what all slots may need
 * @param deepKvTokens tokens that the pool of each segment behind the first ramp holds, which rows
 *     that leave early do not take; 0 takes kvTokens
 * @param expectedNewTokens tokens that admission counts on per sequence until the first has
 *     finished; 0 takes the most that it may generate
 * @param prefixSharing whether equal leading blocks of prompts are computed once
 * @param flushRows buffered rows at a ramp that start a flush; 0 plans them from what calls cost;
 *     under {@code art} a full batch does too, and 0 leaves it at that
 * @param maxBufferAgeSteps steps that a buffered row may wait
 * @param bufferAgeFactor α: buffered rows count for 1 + α times the steps that the oldest has
 *     waited: fewer long waits, for throughput
 * @param threads worker threads of the device
 * @param mailboxTokens prompt tokens that may wait for admission before submits have to wait
 * @param measureMillis time for measuring the device before it serves, where flush thresholds are
 *     planned; 0 learns from serving alone
 * @param costTable file of the device's cost table: where it exists it is taken in place of
 *     measuring and refined by serving, where not it is written if there was time for calls of all
 *     sizes; empty for none
 * @param watchdogSeconds after so long in one device call the engine is lost, or cannot be opened;
 *     opening the device may take one second more per 50 MB of weights. 0 waits for ever
 */
public record EngineOptions(
    String device,
    String policy,
    KvFill kvFill,
    int slots,
    int maxPrefillTokens,
    int maxSequenceTokens,
    int kvTokens,
    int deepKvTokens,
    int expectedNewTokens,
    PrefixSharing prefixSharing,
    int flushRows,
    int maxBufferAgeSteps,
    double bufferAgeFactor,
    int threads,
    int mailboxTokens,
    int measureMillis,
    String costTable,
    int watchdogSeconds) {

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
    atLeast("deepKvTokens", deepKvTokens, 0);
    atLeast("expectedNewTokens", expectedNewTokens, 0);
    atLeast("flushRows", flushRows, 0);
    new Patience(maxBufferAgeSteps, bufferAgeFactor); // refuses what is neither
    atLeast("threads", threads, 1);
    atLeast("mailboxTokens", mailboxTokens, 1);
    atLeast("watchdogSeconds", watchdogSeconds, 0);
    atLeast("measureMillis", measureMillis, 0);
  }

  private static void atLeast(String option, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(option + " must be at least " + least + ", not " + value);
    }
  }

  /** The defaults, to be changed by the {@code with…} methods. */
  public static EngineOptions defaults() {
    return new EngineOptions(
        "auto",
        "rebatch",
        KvFill.MAP,
        64,
        256,
        0,
        0,
        0,
        0,
        PrefixSharing.ON,
        0,
        100,
        0,
        1,
        1 << 18,
        500,
        "",
        300);
  }

  /** These options with another {@code device}. */
  public EngineOptions withDevice(String value) {
    return changed(draft -> draft.device = value);
  }

  /** These options with another {@code policy}. */
  public EngineOptions withPolicy(String value) {
    return changed(draft -> draft.policy = value);
  }

  /** These options with another {@code kvFill}. */
  public EngineOptions withKvFill(KvFill value) {
    return changed(draft -> draft.kvFill = value);
  }

  /** These options with another {@code slots}. */
  public EngineOptions withSlots(int value) {
    return changed(draft -> draft.slots = value);
  }

  /** These options with another {@code maxPrefillTokens}. */
  public EngineOptions withMaxPrefillTokens(int value) {
    return changed(draft -> draft.maxPrefillTokens = value);
  }

  /** These options with another {@code maxSequenceTokens}. */
  public EngineOptions withMaxSequenceTokens(int value) {
    return changed(draft -> draft.maxSequenceTokens = value);
  }

  /** These options with another {@code kvTokens}. */
  public EngineOptions withKvTokens(int value) {
    return changed(draft -> draft.kvTokens = value);
  }

  /** These options with another {@code deepKvTokens}. */
  public EngineOptions withDeepKvTokens(int value) {
    return changed(draft -> draft.deepKvTokens = value);
  }

  /** These options with another {@code expectedNewTokens}. */
  public EngineOptions withExpectedNewTokens(int value) {
    return changed(draft -> draft.expectedNewTokens = value);
  }

  /** These options with another {@code prefixSharing}. */
  public EngineOptions withPrefixSharing(PrefixSharing value) {
    return changed(draft -> draft.prefixSharing = value);
  }

  /** These options with another {@code flushRows}. */
  public EngineOptions withFlushRows(int value) {
    return changed(draft -> draft.flushRows = value);
  }

  /** These options with another {@code maxBufferAgeSteps}. */
  public EngineOptions withMaxBufferAgeSteps(int value) {
    return changed(draft -> draft.maxBufferAgeSteps = value);
  }

  /** These options with another {@code bufferAgeFactor}. */
  public EngineOptions withBufferAgeFactor(double value) {
    return changed(draft -> draft.bufferAgeFactor = value);
  }

  /** These options with another {@code threads}. */
  public EngineOptions withThreads(int value) {
    return changed(draft -> draft.threads = value);
  }

  /** These options with another {@code mailboxTokens}. */
  public EngineOptions withMailboxTokens(int value) {
    return changed(draft -> draft.mailboxTokens = value);
  }

  /** These options with another {@code measureMillis}. */
  public EngineOptions withMeasureMillis(int value) {
    return changed(draft -> draft.measureMillis = value);
  }

  /** These options with another {@code costTable}. */
  public EngineOptions withCostTable(String value) {
    return changed(draft -> draft.costTable = value);
  }

  /** These options with another {@code watchdogSeconds}. */
  public EngineOptions withWatchdogSeconds(int value) {
    return changed(draft -> draft.watchdogSeconds = value);
  }

  private EngineOptions changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** The options while one of them is being changed. */
  private static final class Draft {
    private String device;
    private String policy;
    private KvFill kvFill;
    private int slots;
    private int maxPrefillTokens;
    private int maxSequenceTokens;
    private int kvTokens;
    private int deepKvTokens;
    private int expectedNewTokens;
    private PrefixSharing prefixSharing;
    private int flushRows;
    private int maxBufferAgeSteps;
    private double bufferAgeFactor;
    private int threads;
    private int mailboxTokens;
    private int watchdogSeconds;
    private int measureMillis;
    private String costTable;

    Draft(EngineOptions from) {
      device = from.device;
      policy = from.policy;
      kvFill = from.kvFill;
      slots = from.slots;
      maxPrefillTokens = from.maxPrefillTokens;
      maxSequenceTokens = from.maxSequenceTokens;
      kvTokens = from.kvTokens;
      deepKvTokens = from.deepKvTokens;
      expectedNewTokens = from.expectedNewTokens;
      prefixSharing = from.prefixSharing;
      flushRows = from.flushRows;
      maxBufferAgeSteps = from.maxBufferAgeSteps;
      bufferAgeFactor = from.bufferAgeFactor;
      threads = from.threads;
      mailboxTokens = from.mailboxTokens;
      watchdogSeconds = from.watchdogSeconds;
      measureMillis = from.measureMillis;
      costTable = from.costTable;
    }

    EngineOptions options() {
      return new EngineOptions(
          device,
          policy,
          kvFill,
          slots,
          maxPrefillTokens,
          maxSequenceTokens,
          kvTokens,
          deepKvTokens,
          expectedNewTokens,
          prefixSharing,
          flushRows,
          maxBufferAgeSteps,
          bufferAgeFactor,
          threads,
          mailboxTokens,
          measureMillis,
          costTable,
          watchdogSeconds);
    }
  }
}
