package io.drex.job.modelcheck;

/**
 * What all ramps said of one token of a full-depth decoding.
 *
 * @param sequence index of its prompt
 * @param context positions that the token's row attends to, its own included
 * @param confidences of each ramp; [ramp]
 * @param rampTokens the token that each ramp would emit; [ramp]
 * @param token that the model emitted
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record TokenReading(
    int sequence, int context, float[] confidences, int[] rampTokens, int token) {

  /** Whether a ramp, by its index, names the model's own token. */
  public boolean agrees(int ramp) {
    return rampTokens[ramp] == token;
  }
}
