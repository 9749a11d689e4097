package io.drex.job.quickstart;

/**
 * How near completions came to their references.
 *
 * @param rows rows that were scored; one without a completion scores 0
 * @param exactRows rows whose completion equals its reference
 * @param rougeLSum sum of their F1 of ROUGE-L, each in [0, 1]
 */
record Quality(long rows, long exactRows, double rougeLSum) {
  static final Quality NONE = new Quality(0, 0, 0);

  /** Both sets of rows together. */
  Quality plus(Quality other) {
    return new Quality(rows + other.rows, exactRows + other.exactRows, rougeLSum + other.rougeLSum);
  }

  /** Mean F1 of ROUGE-L, in [0, 1]; 0 of no rows. */
  double rougeL() {
    return rougeLSum / Math.max(1, rows);
  }

  /** Share of completions that equal their reference, in [0, 1]; 0 of no rows. */
  double exactMatch() {
    return (double) exactRows / Math.max(1, rows);
  }
}
