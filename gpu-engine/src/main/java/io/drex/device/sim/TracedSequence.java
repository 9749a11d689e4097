package io.drex.device.sim;

/**
 * One sequence of a {@link Trace}.
 *
 * @param key see {@link io.drex.device.SequenceKey}
 * @param outputTokens generated tokens, at least 1
 * @param confidences of the rows that emitted the second token and those after it; NaN where a row
 *     left before the ramp. [(token − 1) · ramps + ramp]
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record TracedSequence(long key, int outputTokens, float[] confidences) {}
