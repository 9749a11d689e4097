package io.drex.engine;

import org.jspecify.annotations.Nullable;

/**
 * What became of one request. Exactly one comes back for each submit.
 *
 * @param tokens generated ids, a stop token included; [token]
 * @param depths decoder layers that each token's row had run when it was emitted; [token]
 * @param confidences of the head that emitted each token; [token]
 * @param logProbs natural logarithm of each token's softmax probability at the head that emitted
 *     it, of its logits as they are, whatever the sampling; [token]
 * @param trace what every ramp read that the rows met
 * @param error why there are no tokens; null unless {@code finishReason} is {@link
 *     FinishReason#ERROR}
 */
public record Completion(
    long id,
    FinishReason finishReason,
    int promptTokens,
    int[] tokens,
    short[] depths,
    float[] confidences,
    float[] logProbs,
    RampTrace trace,
    ExitStats exits,
    Timing timing,
    @Nullable RowError error) {}
