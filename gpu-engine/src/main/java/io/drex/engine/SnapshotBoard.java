package io.drex.engine;

import io.drex.schedule.Counters;
import io.drex.schedule.Scheduler;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where the engine thread leaves its counters for all others to read. */
final class SnapshotBoard {
  private final String engineId;
  private final long kvBytesPerTokenLayer;
  private final Scheduler scheduler;
  private final InFlight inFlight;
  private long busyNanos;
  private long decodeNanos;
  private double exitGain;
  private List<FlushThresholds> flushThresholds = List.of();
  private volatile EngineSnapshot latest;

  /**
   * @param kvBytesPerTokenLayer K and V of one token in one layer
   */
  SnapshotBoard(
      String engineId, long kvBytesPerTokenLayer, Scheduler scheduler, InFlight inFlight) {
    this.engineId = engineId;
    this.kvBytesPerTokenLayer = kvBytesPerTokenLayer;
    this.scheduler = scheduler;
    this.inFlight = inFlight;
    latest = read();
  }

  /** Any thread. */
  EngineSnapshot latest() {
    return latest;
  }

  /**
   * Adds time spent in a device call. Engine thread only.
   *
   * @param decodeRows of the call's {@code rows}, those at generated positions
   */
  void addCall(long nanos, int decodeRows, int rows) {
    busyNanos += nanos;
    decodeNanos += nanos * decodeRows / rows;
  }

  /**
   * Notes what was planned. Engine thread only.
   *
   * @param gain forecast of exits
   * @param thresholds immutable
   */
  void planned(double gain, List<FlushThresholds> thresholds) {
    exitGain = gain;
    flushThresholds = thresholds;
  }

  /** Makes the counters of now the latest. Engine thread only. */
  void publish() {
    latest = read();
  }

  private EngineSnapshot read() {
    Counters counters = scheduler.counters();
    return new EngineSnapshot(
        engineId,
        inFlight.submitted(),
        inFlight.completed(),
        counters.steps(),
        counters.mixedSteps(),
        counters.promptRows(),
        counters.decodeRows(),
        counters.tokens(),
        counters.decodeTokens(),
        counters.flushes(),
        counters.flushedRows(),
        counters.preemptions(),
        counters.replayedRows(),
        scheduler.sharedPromptRows(),
        counters.outOfMemoryCalls(),
        inFlight.late(),
        TimeUnit.NANOSECONDS.toMicros(busyNanos),
        TimeUnit.NANOSECONDS.toMicros(decodeNanos),
        scheduler.peakHeldTokenLayers() * kvBytesPerTokenLayer,
        scheduler.usedTokenLayersAtPeak() * kvBytesPerTokenLayer,
        scheduler.plainTokenLayersAtPeak() * kvBytesPerTokenLayer,
        exitGain,
        flushThresholds);
  }
}
