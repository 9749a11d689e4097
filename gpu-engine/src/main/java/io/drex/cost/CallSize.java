package io.drex.cost;

import io.drex.device.DeviceOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * The size of a call to be measured at every segment.
 *
 * @param decodeRows rows at generated positions
 * @param context positions that each of them attends to
 * @param promptRows rows of one prompt's beginning
 * @param heads decode rows whose head is read
 */
record CallSize(int decodeRows, int context, int promptRows, int heads) {
  /** Longest context measured; attention's cost is taken to be linear in it. */
  private static final int LONGEST_CONTEXT = 512;

  private static final int SHORTEST_CONTEXT = 8;

  /** Positions that decode rows attend to together. */
  double contextTokens() {
    return (double) decodeRows * context;
  }

  /** Longest context that is measured on a device. */
  static int longestContext(DeviceOptions options) {
    int most = Math.min(LONGEST_CONTEXT, options.maxSequenceTokens() - 1);
    return Math.max(1, Math.min(most, options.cache().leastCells() / options.slots()));
  }

  /**
   * Enough sizes to tell all terms of a cost apart; from small to large, so that a slow device has
   * measured what it can within its time.
   */
  static List<CallSize> all(DeviceOptions options, int longestContext) {
    List<CallSize> sizes = new ArrayList<>();
    int slots = options.slots();
    int shortContext = Math.min(SHORTEST_CONTEXT, longestContext);
    for (int n = 1; n < 2 * slots; n *= 2) {
      int decodeRows = Math.min(n, slots);
      sizes.add(new CallSize(decodeRows, shortContext, 0, decodeRows));
      sizes.add(new CallSize(decodeRows, longestContext, 0, decodeRows));
      sizes.add(new CallSize(decodeRows, shortContext, 0, 0));
    }
    int promptRows = Math.min(options.maxPrefillTokens(), longestContext);
    for (int prompt = promptRows; prompt > 0; prompt /= 4) {
      sizes.add(new CallSize(0, 0, prompt, 0));
    }
    return sizes;
  }
}
