package io.drex.policy;

/**
 * Modelled time of a call of one segment. Never negative; never less for more rows, more context or
 * more heads.
 */
public sealed interface SegmentCost {

  /**
   * @param decodeRows rows at generated positions
   * @param contextTokens positions that the decode rows attend to, summed over those rows
   * @param promptRows rows of prompts, taken to attend to each other
   * @param headRows rows whose head is read
   * @return microseconds; 0 for a call without rows
   */
  double micros(int decodeRows, double contextTokens, int promptRows, int headRows);

  /** What a call costs before it does anything; 0 where that is not known apart. */
  double launchMicros();

  /**
   * A launch, then what takes longer: to stream weights, K and V from memory, or to compute. All in
   * microseconds. What is left out is small beside these: activations, norms, index arrays.
   *
   * @param launch of the call
   * @param weights to stream the segment's weights, once a call
   * @param kvToken to stream one token's K and V in the segment's layers; a prompt's are read once
   * @param headWeights to stream the head's weights, once a call that reads a head
   * @param row to compute the linear layers for one row
   * @param attention to compute one row's attention to one position
   * @param headRow to compute the head for one row
   */
  record Roofline(
      double launch,
      double weights,
      double kvToken,
      double headWeights,
      double row,
      double attention,
      double headRow)
      implements SegmentCost {

    @Override
    public double launchMicros() {
      return launch;
    }

    @Override
    public double micros(int decodeRows, double contextTokens, int promptRows, int headRows) {
      if (decodeRows + promptRows == 0) {
        return 0;
      }
      double memory =
          weights + kvToken * (contextTokens + promptRows) + (headRows > 0 ? headWeights : 0);
      double amongPromptRows = promptRows * (promptRows + 1.0) / 2;
      double compute =
          row * (decodeRows + promptRows)
              + attention * (contextTokens + amongPromptRows)
              + headRow * headRows;
      return launch + Math.max(memory, compute);
    }
  }
}
