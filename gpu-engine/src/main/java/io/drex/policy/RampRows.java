package io.drex.policy;

import io.drex.model.ConfidenceMetric;

/**
 * The rows of one call that meet one ramp: what an {@link ExitPolicy} decides on, and its answer.
 * Reused between calls; owned by the scheduler's thread.
 */
public final class RampRows {
  private final float[] confidence; // [row], as are the next two
  private final float[] threshold;
  private final Verdict[] verdict;
  private final int batchRows;
  private final StepTimes times;
  private ConfidenceMetric metric = ConfidenceMetric.MARGIN;
  private int segment;
  private int rows;

  /**
   * @param maxRows most rows of one call
   * @param batchRows most ready rows of one call, as {@link ExitPolicy#batchRows} has it
   * @param times what calls took so far
   */
  public RampRows(int maxRows, int batchRows, StepTimes times) {
    confidence = new float[maxRows];
    threshold = new float[maxRows];
    verdict = new Verdict[maxRows];
    this.batchRows = batchRows;
    this.times = times;
  }

  /** Forgets all rows and turns to the ramp after a segment. */
  public void clear(int newSegment, ConfidenceMetric newMetric) {
    segment = newSegment;
    metric = newMetric;
    rows = 0;
  }

  /** Adds a row with its confidence and the threshold that it has to pass. */
  public void add(float rowConfidence, float rowThreshold) {
    confidence[rows] = rowConfidence;
    threshold[rows] = rowThreshold;
    rows++;
  }

  /** Rows that meet the ramp together. */
  public int count() {
    return rows;
  }

  /** Whether a row passes its threshold. */
  public boolean isConfident(int row) {
    return metric.passes(confidence[row], threshold[row]);
  }

  /** What the policy decided on a row. */
  public Verdict verdict(int row) {
    return verdict[row];
  }

  /** Rows that pass their thresholds. */
  int confidentCount() {
    int count = 0;
    for (int row = 0; row < rows; row++) {
      count += isConfident(row) ? 1 : 0;
    }
    return count;
  }

  /** Whether the mean confidence passes the mean threshold. */
  boolean meanIsConfident() {
    double confidences = 0;
    double thresholds = 0;
    for (int row = 0; row < rows; row++) {
      confidences += confidence[row];
      thresholds += threshold[row];
    }
    return metric.passes((float) (confidences / rows), (float) (thresholds / rows));
  }

  /** Most ready rows of one call, b. */
  int batchRows() {
    return batchRows;
  }

  /** The segment that has just run. */
  int segment() {
    return segment;
  }

  StepTimes times() {
    return times;
  }

  /** Gives confident rows one verdict and the others another. */
  void decideEach(Verdict confident, Verdict other) {
    for (int row = 0; row < rows; row++) {
      verdict[row] = isConfident(row) ? confident : other;
    }
  }

  /** Gives all rows one verdict. */
  void decideAll(Verdict all) {
    for (int row = 0; row < rows; row++) {
      verdict[row] = all;
    }
  }
}
