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

  /**
   * A sum of what was fitted to measured calls. All in microseconds, none negative; the cost of a
   * row rises where the device stops waiting for memory.
   *
   * @param call each call
   * @param decodeRow each decode row
   * @param promptRow each prompt row
   * @param rowBeyond8 more, for each row beyond so many
   * @param rowBeyond32 more again
   * @param rowBeyond128 more again
   * @param contextToken each position that a decode row attends to
   * @param headRow each row whose head is read
   */
  record Fitted(
      double call,
      double decodeRow,
      double promptRow,
      double rowBeyond8,
      double rowBeyond32,
      double rowBeyond128,
      double contextToken,
      double headRow)
      implements SegmentCost {

    static final int TERMS = 8;

    /** From its components in their order. [term] */
    static Fitted of(double[] terms) {
      return new Fitted(
          terms[0], terms[1], terms[2], terms[3], terms[4], terms[5], terms[6], terms[7]);
    }

    /** How often each component is paid for by a call. [term] */
    static void terms(
        int decodeRows, double contextTokens, int promptRows, int headRows, double[] terms) {
      int rows = decodeRows + promptRows;
      terms[0] = 1;
      terms[1] = decodeRows;
      terms[2] = promptRows;
      terms[3] = Math.max(0, rows - 8);
      terms[4] = Math.max(0, rows - 32);
      terms[5] = Math.max(0, rows - 128);
      terms[6] = contextTokens;
      terms[7] = headRows;
    }

    @Override
    public double launchMicros() {
      return 0;
    }

    @Override
    public double micros(int decodeRows, double contextTokens, int promptRows, int headRows) {
      int rows = decodeRows + promptRows;
      if (rows == 0) {
        return 0;
      }
      return call
          + decodeRow * decodeRows
          + promptRow * promptRows
          + rowBeyond8 * Math.max(0, rows - 8)
          + rowBeyond32 * Math.max(0, rows - 32)
          + rowBeyond128 * Math.max(0, rows - 128)
          + contextToken * contextTokens
          + headRow * headRows;
    }
  }
}
