package io.drex.engine;

import java.util.List;

/**
 * Counters of one engine since it was opened.
 *
 * @param engineId unique to this opening of a model: process, host and a random suffix
 * @param submitted requests taken from sessions
 * @param completed completions given back, errors included
 * @param steps device calls of {@code runSegment}
 * @param mixedSteps steps whose rows came from more than one session
 * @param promptRows prompt positions, counted once each
 * @param decodeRows generated positions, counted once per segment that ran them
 * @param tokens generated tokens
 * @param decodeTokens those of them that were decoded; each sequence's first comes from its prompt
 * @param flushes steps that ran a deeper segment for buffered rows
 * @param flushedRows buffered rows that those steps ran
 * @param preemptions times that a sequence had to give its KV up to older ones
 * @param replayedRows positions that ran again after their KV was lost, counted once each time
 * @param sharedPromptRows prompt positions that did not run, since an equal prefix had
 * @param outOfMemoryCalls device calls that ran out of memory, whose rows ran again in smaller ones
 * @param lateRows requests that were completed after their deadline
 * @param busyMicros time spent in device calls
 * @param decodeMicros the part of it that decoding took: each call's time, shared out by rows
 * @param kvBytesHeldPeak most KV bytes allocated to sequences at once, in whole blocks
 * @param kvBytesUsedAtPeak the part of them that tokens took; what is left are ends of blocks
 * @param kvBytesPlainPeak what a cache without early exits would have held at that moment
 * @param exitGain forecast speed over that of {@code full_depth}, from the measured costs and exit
 *     rates; below 1, exits lose; 0 while nothing was forecast
 * @param flushThresholds over time, oldest first, the last still holding; at most some dozens:
 *     changes that followed each other quickly may be left out. Empty where they are not planned
 */
public record EngineSnapshot(
    String engineId,
    long submitted,
    long completed,
    long steps,
    long mixedSteps,
    long promptRows,
    long decodeRows,
    long tokens,
    long decodeTokens,
    long flushes,
    long flushedRows,
    long preemptions,
    long replayedRows,
    long sharedPromptRows,
    long outOfMemoryCalls,
    long lateRows,
    long busyMicros,
    long decodeMicros,
    long kvBytesHeldPeak,
    long kvBytesUsedAtPeak,
    long kvBytesPlainPeak,
    double exitGain,
    List<FlushThresholds> flushThresholds) {

  public EngineSnapshot {
    flushThresholds = List.copyOf(flushThresholds);
  }

  /** With requests that were completed before they reached the engine thread. */
  EngineSnapshot plusRefused(long refused) {
    return new EngineSnapshot(
        engineId,
        submitted + refused,
        completed + refused,
        steps,
        mixedSteps,
        promptRows,
        decodeRows,
        tokens,
        decodeTokens,
        flushes,
        flushedRows,
        preemptions,
        replayedRows,
        sharedPromptRows,
        outOfMemoryCalls,
        lateRows,
        busyMicros,
        decodeMicros,
        kvBytesHeldPeak,
        kvBytesUsedAtPeak,
        kvBytesPlainPeak,
        exitGain,
        flushThresholds);
  }
}
