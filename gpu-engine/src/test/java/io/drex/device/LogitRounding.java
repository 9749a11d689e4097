package io.drex.device;

import io.drex.model.LoadedModel;
import io.drex.model.Tensor;

/**
 * How far rounding to bf16 may move the difference of two logits of a model that shares its head.
 *
 * <p>Rounding is taken as independent noise, evenly spread over half a unit in the last place on
 * either side: at most u = 2^-8 of a value, so of standard deviation u / √3. A layer rounds six
 * things: the inputs of its four linear layers, and K and V. Each adds at most that share to the
 * state, and the head rounds its own input once more, so after d layers the normed state's elements
 * are off by √(6 d + 1) · u / √3, as their root mean square is 1. A difference of two logits weighs
 * these by the difference of two rows of the head. Rows of so many elements are nearly orthogonal,
 * so it is taken to be √2 times as long as the longest row.
 */
public final class LogitRounding {
  /** Standard deviations: past them is one normal deviate in 16,000. */
  private static final double DEVIATIONS = 4;

  private static final double ULP_SHARE = 0x1p-8 / Math.sqrt(3);
  private static final int ROUNDINGS_PER_LAYER = 6;

  private final double longestRow; // of the head times the final norm's weights

  private LogitRounding(double longestRow) {
    this.longestRow = longestRow;
  }

  /** For the model's own head. */
  public static LogitRounding of(LoadedModel model) {
    var family = model.spec().family();
    Tensor head = model.tensor(model.spec().tiedHead() ? family.embedding() : family.lmHead());
    double[] rows = ReferenceDecoder.read(head);
    double[] norm = ReferenceDecoder.read(model.tensor(family.finalNorm()));
    double longest = 0;
    for (int from = 0; from < rows.length; from += norm.length) {
      double squares = 0;
      for (int i = 0; i < norm.length; i++) {
        squares += Math.pow(rows[from + i] * norm[i], 2);
      }
      longest = Math.max(longest, Math.sqrt(squares));
    }
    return new LogitRounding(longest);
  }

  /** Of a state after this many layers; in logits, which are natural logarithms of odds. */
  public double reach(int depth) {
    double share = ULP_SHARE * Math.sqrt(ROUNDINGS_PER_LAYER * depth + 1);
    return DEVIATIONS * share * Math.sqrt(2) * longestRow;
  }
}
