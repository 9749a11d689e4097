package io.drex.policy;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Fits a cost table to measured calls. What {@link #keep} was told of stays; later calls refine it
 * and fade. Mutable; owned by the scheduler's thread.
 */
public final class CostFit implements CostSource {
  private final String name;
  private final SegmentFit[] segments;

  /**
   * @param name of the tables
   */
  public CostFit(String name, int segments) {
    this.name = name;
    this.segments = new SegmentFit[segments];
    Arrays.setAll(this.segments, segment -> new SegmentFit());
  }

  @Override
  public void observe(
      int segment,
      int decodeRows,
      double contextTokens,
      int promptRows,
      int headRows,
      double micros) {
    segments[segment].observe(decodeRows, contextTokens, promptRows, headRows, micros);
  }

  /** Forgets the calls since the last {@link #keep}. */
  public void forget() {
    for (SegmentFit segment : segments) {
      segment.forget();
    }
  }

  /** Keeps the calls seen so far for good. */
  public void keep() {
    for (SegmentFit segment : segments) {
      segment.keep();
    }
  }

  @Override
  public boolean isReady() {
    for (SegmentFit segment : segments) {
      if (!segment.isReady()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Supplier<CostTable> snapshot() {
    List<Supplier<SegmentCost>> fits = Arrays.stream(segments).map(SegmentFit::snapshot).toList();
    return () -> new CostTable(name, fits.stream().map(Supplier::get).toList());
  }
}
