package io.drex.job.bench;

import io.drex.policy.CostTable;
import io.drex.policy.SegmentCost;
import io.drex.simulate.Cell;
import io.drex.simulate.Scenario;
import java.util.List;

/**
 * The setting of the published figures: Llama-2-70B, batches of 8, a ramp after layer 50 of 80,
 * margin threshold .7.
 *
 * <p>Source: the result files of DREX's authors.
 */
final class Authors {
  static final int BATCH = 8;

  /** {@code art} holds twice the rows of a batch, and one more. */
  static final int ART_SLOTS = 2 * BATCH + 1;

  /** Share of the rows that were confident, where every one of them might leave. */
  static final double CONFIDENT = .465;

  private static final double FULL_MICROS = 65_850;
  private static final double SHALLOW_MICROS = 37_880; // with the ramp's head
  private static final double DEEP_MICROS = 40_620;
  private static final int LAYERS = 80;
  private static final int RAMP = 50;
  private static final int CONTEXT_TOKENS = 400;

  private Authors() {}

  /**
   * A cell whose calls take what theirs took with 8 rows, however many there are: at such sizes a
   * call waits for the weights.
   */
  static Cell cell(int slots, double confident) {
    double head = SHALLOW_MICROS + DEEP_MICROS - FULL_MICROS; // and a second launch
    CostTable costs =
        new CostTable(
            "the authors' step times",
            List.of(
                new SegmentCost.Roofline(0, SHALLOW_MICROS - head, 0, head, 0, 0, 0),
                new SegmentCost.Roofline(0, DEEP_MICROS, 0, 0, 0, 0, 0)));
    return new Cell(costs, LAYERS, List.of(RAMP), List.of(confident), slots);
  }

  /** Decoding of such a cell. */
  static Scenario decodeOnly(Cell cell, long tokens) {
    return cell.decodeOnly(CONTEXT_TOKENS, tokens);
  }
}
