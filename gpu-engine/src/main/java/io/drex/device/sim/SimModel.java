package io.drex.device.sim;

import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.model.LoadedModel;
import io.drex.policy.CostTable;

/**
 * A model that computes nothing: time passes on a virtual clock, by a cost table, and heads read
 * what an {@link ExitProcess} says. Needs no weights. Filling KV costs nothing.
 */
public final class SimModel implements DeviceModel {
  /** Rows attend to their own context, and prompts cost what they cost. */
  public static final int OWN_CONTEXT = 0;

  private final CostTable costs;
  private final boolean isWhole; // all layers are one segment, where the table may have several
  private final int contextTokens;
  private final SimHeads heads;
  private volatile double micros; // written by the one thread that runs calls

  /**
   * @param costs of the segments into which the model is cut; a model without ramps may take any
   * @param contextTokens positions that each decode row is taken to attend to, prompt rows then
   *     costing nothing: decoding alone, at a steady length; or {@link #OWN_CONTEXT}
   */
  public SimModel(
      LoadedModel model,
      DeviceOptions options,
      CostTable costs,
      ExitProcess exits,
      int contextTokens) {
    int segments = options.cache().segments();
    isWhole = segments == 1;
    if (!isWhole && segments != costs.segments().size()) {
      throw new IllegalArgumentException(
          "cost table "
              + costs.name()
              + " is of "
              + costs.segments().size()
              + " segments, the model of "
              + segments);
    }
    this.costs = costs;
    this.contextTokens = contextTokens;
    heads = new SimHeads(model, options, exits);
  }

  @Override
  public void runSegment(int segment, RowBatch rows, HeadReadings out) {
    if (segment == 0) {
      heads.write(rows);
    }
    double end = micros + micros(segment, rows);
    micros = end;
    heads.read(segment, rows, out);
  }

  private double micros(int segment, RowBatch rows) {
    int decode = 0;
    double context = 0;
    for (int row = 0; row < rows.rows; row++) {
      if (!rows.prompt[row]) {
        decode++;
        context += rows.position[row] + 1;
      }
    }
    if (contextTokens != OWN_CONTEXT) {
      return cost(
          segment, decode, (double) decode * contextTokens, 0, Math.min(decode, rows.heads));
    }
    return cost(segment, decode, context, rows.rows - decode, rows.heads);
  }

  private double cost(int segment, int decode, double context, int prompt, int headRows) {
    return isWhole
        ? costs.fullDepthMicros(decode, context, prompt, headRows)
        : costs.micros(segment, decode, context, prompt, headRows);
  }

  /** What the virtual clock shows. */
  public double micros() {
    return micros;
  }

  @Override
  public long nanos() {
    return (long) (micros * 1000);
  }

  @Override
  public void fillKv(int exitSegment, RowBatch rows) {}

  @Override
  public long memoryBytes() {
    return 0;
  }

  @Override
  public void close() {}
}
