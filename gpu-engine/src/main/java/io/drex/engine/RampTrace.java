package io.drex.engine;

/**
 * What ramps read along a completion: what a replay of it needs.
 *
 * @param sequenceKey see {@link io.drex.device.SequenceKey}
 * @param confidences of the rows that emitted the second token and those after it, at every active
 *     ramp; NaN at a ramp that a row did not meet, because it had left before. [(token − 1) · ramps
 *     + ramp]
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record RampTrace(long sequenceKey, float[] confidences) {}
