package io.drex.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * Modelled time of device calls: what flush thresholds, forecasts and the simulated backend are
 * made from. Immutable.
 *
 * @param name where it comes from, for reports
 * @param segments the cost of each segment, its head included. [segment]
 */
public record CostTable(String name, List<SegmentCost> segments) {

  public CostTable {
    segments = List.copyOf(segments);
    if (segments.isEmpty()) {
      throw new IllegalArgumentException("cost table " + name + " has no segments");
    }
  }

  /**
   * A roofline model.
   *
   * @param rampDepths of the ramps that cut the model into segments, increasing, in (0, layers)
   */
  public static CostTable modelled(Gpu gpu, ModelShape shape, int... rampDepths) {
    List<SegmentCost> segments = new ArrayList<>();
    int from = 0;
    for (int ramp = 0; ramp <= rampDepths.length; ramp++) {
      int to = ramp == rampDepths.length ? shape.layers() : rampDepths[ramp];
      if (to <= from || to > shape.layers()) {
        throw new IllegalArgumentException(
            "ramp depths must increase within (0, "
                + shape.layers()
                + "), the layers of "
                + shape.name()
                + "; "
                + to
                + " does not");
      }
      segments.add(roofline(gpu, shape, to - from));
      from = to;
    }
    return new CostTable(gpu.text() + "/" + shape.name(), segments);
  }

  private static SegmentCost roofline(Gpu gpu, ModelShape shape, int layers) {
    double bytes = gpu.bytesPerMicro();
    double flops = gpu.flopsPerMicro();
    double weights = (double) layers * shape.weightsPerLayer();
    return new SegmentCost.Roofline(
        Gpu.LAUNCH_MICROS,
        weights * ModelShape.BYTES_PER_VALUE / bytes,
        (double) layers * shape.kvBytesPerTokenLayer() / bytes,
        (double) shape.headWeights() * ModelShape.BYTES_PER_VALUE / bytes,
        2 * weights / flops,
        (double) layers * shape.attentionFlopsPerToken() / flops,
        2.0 * shape.headWeights() / flops);
  }

  /**
   * Time of one call.
   *
   * @param segment in [0, segments)
   * @param decodeRows rows at generated positions
   * @param contextTokens positions that the decode rows attend to, summed over those rows
   * @param promptRows rows of prompts, taken to attend to each other
   * @param headRows rows whose head is read
   * @return microseconds; 0 for a call without rows
   */
  public double micros(
      int segment, int decodeRows, double contextTokens, int promptRows, int headRows) {
    return segments.get(segment).micros(decodeRows, contextTokens, promptRows, headRows);
  }

  /**
   * Time of one call that runs all layers, as {@code full_depth} does: the segments' without the
   * heads of the ramps and all launches but one.
   *
   * @see #micros
   */
  public double fullDepthMicros(
      int decodeRows, double contextTokens, int promptRows, int headRows) {
    double sum = 0;
    for (int segment = 0; segment < segments.size(); segment++) {
      boolean isLast = segment == segments.size() - 1;
      SegmentCost cost = segments.get(segment);
      sum += cost.micros(decodeRows, contextTokens, promptRows, isLast ? headRows : 0);
      sum -= isLast || decodeRows + promptRows == 0 ? 0 : cost.launchMicros();
    }
    return sum;
  }
}
