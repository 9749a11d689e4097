package io.drex.engine;

/**
 * Durations of one request by a monotonic clock, never negative.
 *
 * @param queueMicros from submit to admission
 * @param firstTokenMicros from submit to the first token; 0 if there was none
 * @param totalMicros from submit to the end
 */
public record Timing(long queueMicros, long firstTokenMicros, long totalMicros) {}
