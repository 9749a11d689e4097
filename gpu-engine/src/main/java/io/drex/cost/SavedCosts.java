package io.drex.cost;

import io.drex.device.DeviceOptions;
import io.drex.policy.CostFit;
import io.drex.policy.CostTable;

/** Starts from a table that was saved, as if the device had just been measured. */
public final class SavedCosts {
  private SavedCosts() {}

  /**
   * A fit that knows what a table says, and is refined by what calls take from then on: a table of
   * another day or machine is wrong for a while only.
   *
   * @param options of the device that it is for
   */
  public static CostFit fit(CostTable table, DeviceOptions options) {
    CostFit fit = new CostFit(table.name(), table.segments().size());
    int longest = CallSize.longestContext(options);
    for (CallSize size : CallSize.all(options, longest)) {
      for (int segment = 0; segment < table.segments().size(); segment++) {
        double context = size.contextTokens();
        double micros =
            table.micros(segment, size.decodeRows(), context, size.promptRows(), size.heads());
        fit.observe(segment, size.decodeRows(), context, size.promptRows(), size.heads(), micros);
      }
    }
    fit.keep();
    return fit;
  }
}
