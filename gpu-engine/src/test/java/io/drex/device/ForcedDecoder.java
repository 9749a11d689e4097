package io.drex.device;

import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;

/**
 * Teacher forcing: tokens and exits are given, and only what the heads say of them is asked. All
 * positions of a text run in one call for each segment.
 */
public final class ForcedDecoder implements AutoCloseable {
  private final ModelSpec spec;
  private final int segments;
  private final DeviceModel device;
  private final int[][] table; // [segment][position], of the one sequence
  private final RowBatch rows;
  private final HeadReadings readings;

  /**
   * A prompt and what was generated after it; the first token runs at full depth.
   *
   * @param tokens generated, at least one
   * @param depths layers that each ran
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Text(int[] prompt, int[] tokens, int[] depths) {

    /** Layers that the token ran that comes next after a position of the sequence. */
    int depthAfter(int position) {
      return depths[Math.max(0, position - prompt.length + 1)];
    }

    int positions() {
      return prompt.length + tokens.length - 1;
    }
  }

  /** What a head says. */
  public record Reading(int token, float confidence) {}

  private ForcedDecoder(LoadedModel model, DeviceModel device) {
    spec = model.spec();
    segments = spec.ramps().size() + 1;
    this.device = device;
    table = new int[segments][spec.maxPositions()];
    rows = new RowBatch(spec.maxPositions(), new int[][][] {table});
    readings = new HeadReadings(spec.maxPositions());
  }

  /** Opens a model; the head at full depth reports {@link ConfidenceMetric#LOGIT_MARGIN}. */
  public static ForcedDecoder open(DeviceBackend backend, LoadedModel model) {
    DeviceOptions usual = LockstepDecoder.options(model.spec(), KvFill.MAP, 1, 1);
    DeviceOptions options =
        new DeviceOptions(
            usual.cache(),
            usual.kvFill(),
            ConfidenceMetric.LOGIT_MARGIN,
            usual.slots(),
            usual.maxSequenceTokens(),
            usual.maxPrefillTokens(),
            usual.maxRows(),
            usual.threads());
    return new ForcedDecoder(model, backend.open(model, options));
  }

  /**
   * Reads a text.
   *
   * @return of each generated token, the head after each segment that it ran; of the first, only
   *     that of the last segment. [token][segment]
   */
  public Reading[][] read(Text text) {
    Reading[][] all = new Reading[text.tokens().length][segments];
    for (int s = 0; s < segments; s++) {
      setRows(text, s);
      device.runSegment(s, rows, readings);
      for (int head = 0; head < rows.heads; head++) {
        int position = rows.position[rows.headRow[head]];
        all[position - text.prompt().length + 1][s] =
            new Reading(readings.token[head], readings.confidence[head]);
      }
      leave(text, s);
    }
    return all;
  }

  private void setRows(Text text, int segment) {
    rows.clear();
    for (int position = 0; position < text.positions(); position++) {
      if (exitSegment(text.depthAfter(position)) >= segment) {
        table[segment][position] = position;
        int row = addRow(text, position);
        if (isRead(text, position, segment)) {
          rows.headRow[rows.heads++] = row;
        }
      }
    }
  }

  private boolean isRead(Text text, int position, int segment) {
    int lastOfPrompt = text.prompt().length - 1;
    return position > lastOfPrompt || position == lastOfPrompt && segment == segments - 1;
  }

  /** Lets deeper layers find K and V of rows that leave after a segment. */
  private void leave(Text text, int segment) {
    rows.clear();
    for (int position = text.prompt().length; position < text.positions(); position++) {
      if (exitSegment(text.depthAfter(position)) == segment) {
        addRow(text, position);
        for (int deeper = segment + 1; deeper < segments; deeper++) {
          table[deeper][position] = CacheGeometry.alias(segment, position);
        }
      }
    }
    if (segment + 1 < segments) {
      device.fillKv(segment, rows);
    }
  }

  private int addRow(Text text, int position) {
    int row = rows.rows++;
    int generated = position - text.prompt().length;
    rows.token[row] = generated < 0 ? text.prompt()[position] : text.tokens()[generated];
    rows.position[row] = position;
    rows.slot[row] = position;
    rows.table[row] = 0;
    rows.prompt[row] = generated < 0;
    return row;
  }

  private int exitSegment(int depth) {
    int segment = 0;
    for (RampSpec ramp : spec.ramps()) {
      segment += ramp.depth() < depth ? 1 : 0;
    }
    return segment;
  }

  @Override
  public void close() {
    device.close();
  }
}
