package io.drex.device;

import io.drex.model.ModelSpec;

/**
 * What every backend asks of the rows it is given: a wrong index would silently read another
 * sequence's state, so it must not get in.
 */
public final class RowChecks {
  private final ModelSpec spec;
  private final DeviceOptions options;

  /**
   * @throws IllegalArgumentException if the options' segments are not the model's, or their
   *     sequences longer than it allows
   */
  public RowChecks(ModelSpec spec, DeviceOptions options) {
    this.spec = spec;
    this.options = options;
    if (options.maxSequenceTokens() > spec.maxPositions()) {
      throw new IllegalArgumentException(
          "sequences of "
              + options.maxSequenceTokens()
              + " tokens are longer than the model's "
              + spec.maxPositions());
    }
    int segments = spec.ramps().size() + 1;
    if (options.cache().segments() != segments) {
      throw new IllegalArgumentException(
          "the KV cache has "
              + options.cache().segments()
              + " segments, but "
              + spec.ramps().size()
              + " ramps cut the model into "
              + segments);
    }
  }

  /**
   * Checks a call.
   *
   * @throws IllegalArgumentException naming the index that is out of its space
   */
  public void check(int segment, RowBatch rows) {
    check(segment, options.cache().segments(), "segment", -1);
    check(rows.rows, options.maxRows() + 1, "number of rows", -1);
    check(rows.heads, rows.rows + 1, "number of head rows", -1);
    int slots = options.hiddenSlots();
    for (int row = 0; row < rows.rows; row++) {
      check(rows.slot[row], slots, "slot", row);
      check(rows.position[row], options.maxSequenceTokens(), "position", row);
      if (segment == 0) {
        check(rows.token[row], spec.vocabSize(), "token", row);
      }
    }
  }

  private static void check(int value, int bound, String what, int row) {
    if (value < 0 || value >= bound) {
      throw new IllegalArgumentException(
          (row < 0 ? "" : "row " + row + ": ")
              + what
              + " must be in [0, "
              + bound
              + "), not "
              + value);
    }
  }
}
