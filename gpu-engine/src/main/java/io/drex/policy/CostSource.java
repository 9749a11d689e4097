package io.drex.policy;

import java.util.function.Supplier;

/** Where a cost table comes from. Owned by the scheduler's thread. */
public sealed interface CostSource permits CostFit, CostSource.Known {

  /**
   * Notes what a call took; the arguments are those of {@link CostTable#micros}. Constant time, no
   * allocation.
   */
  void observe(
      int segment,
      int decodeRows,
      double contextTokens,
      int promptRows,
      int headRows,
      double micros);

  /** Whether enough is known of every segment to make a table. */
  boolean isReady();

  /** What is known now, to be made into a table on any thread. */
  Supplier<CostTable> snapshot();

  /** A table that is taken as it is: for clocks that keep to one. */
  record Known(CostTable table) implements CostSource {
    @Override
    public void observe(
        int segment,
        int decodeRows,
        double contextTokens,
        int promptRows,
        int headRows,
        double micros) {}

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public Supplier<CostTable> snapshot() {
      return () -> table;
    }
  }
}
