package io.drex.device.sim;

/**
 * One sequence of a {@link Trace}.
 *
 * @param key hash of its prompt
 * @param promptTokens at least 1
 * @param outputTokens generated tokens, at least 1
 * @param confidences of the rows that emitted the second token and those after it; NaN where a row
 *     left before the ramp. [(token − 1) · ramps + ramp]
 */
public record TracedSequence(long key, int promptTokens, int outputTokens, float[] confidences) {}
