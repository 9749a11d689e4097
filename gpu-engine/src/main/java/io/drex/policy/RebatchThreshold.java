package io.drex.policy;

/** How many rows of a batch must be confident before {@link ExitPolicy.Art} lets them leave. */
public sealed interface RebatchThreshold {

  /** Rebatching pays if more rows than this are confident. */
  double rows(RampRows rows);

  /**
   * The same number of rows always.
   *
   * @param rows at least 0
   */
  record Fixed(int rows) implements RebatchThreshold {
    public Fixed {
      if (rows < 0) {
        throw new IllegalArgumentException("a rebatching threshold cannot be " + rows + " rows");
      }
    }

    @Override
    public double rows(RampRows met) {
      return rows;
    }
  }

  /**
   * b · (t_s + t_d − t_f) / t_d of the times measured so far, and b / 2 until there are any. With a
   * low exit rate it may stay there: no split, so never a deep half to measure.
   *
   * <p>Source: DREX (paper).
   */
  record Measured() implements RebatchThreshold {
    @Override
    public double rows(RampRows met) {
      double share = met.times().breakEvenShare(met.segment());
      return met.batchRows() * (Double.isNaN(share) ? 0.5 : share);
    }
  }
}
