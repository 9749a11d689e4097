package io.drex.device;

import io.drex.model.ConfidenceMetric;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.util.Arrays;

/** How ramps cut a model's layers, and what the head after each segment reports. Immutable. */
public final class Segments {
  private final int[] firstLayer; // [segment], and the number of layers at the end
  private final ConfidenceMetric[] metric; // [segment]

  private Segments(int[] firstLayer, ConfidenceMetric[] metric) {
    this.firstLayer = firstLayer;
    this.metric = metric;
  }

  /**
   * @param fullDepthMetric of the head after the last segment
   */
  public static Segments of(ModelSpec spec, ConfidenceMetric fullDepthMetric) {
    int ramps = spec.ramps().size();
    int[] firstLayer = new int[ramps + 2];
    ConfidenceMetric[] metric = new ConfidenceMetric[ramps + 1];
    metric[ramps] = fullDepthMetric;
    for (int i = 0; i < ramps; i++) {
      RampSpec ramp = spec.ramps().get(i);
      firstLayer[i + 1] = ramp.depth();
      metric[i] = ramp.metric();
    }
    firstLayer[ramps + 1] = spec.layers();
    return new Segments(firstLayer, metric);
  }

  /** Ramps + 1. */
  public int count() {
    return metric.length;
  }

  /** The segment's first layer. */
  public int firstLayer(int segment) {
    return firstLayer[segment];
  }

  /** One past the segment's last layer. */
  public int endLayer(int segment) {
    return firstLayer[segment + 1];
  }

  /** The segment's last layer. */
  public int lastLayer(int segment) {
    return firstLayer[segment + 1] - 1;
  }

  /** Whether the head after some segment reports this metric. */
  public boolean report(ConfidenceMetric any) {
    return Arrays.asList(metric).contains(any);
  }

  /** Metric of the head after the segment. */
  public ConfidenceMetric metric(int segment) {
    return metric[segment];
  }
}
