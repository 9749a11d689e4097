package io.drex.device.sim;

import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.device.SequenceKey;
import io.drex.model.LoadedModel;

/**
 * See {@link ReplayBackend}. Tokens are the device's own, except that a sequence ends where the
 * trace says, if the model has a stop token; a token whose logits are not finite stays as it is.
 */
final class ReplayModel implements DeviceModel {
  private final DeviceModel device;
  private final Trace trace;
  private final int ramps; // at which the model is cut
  private final SequenceCells sequences;
  private final StopTokens stopTokens;

  /**
   * @param device of this model; closed with this
   * @param options that it was opened with
   */
  ReplayModel(DeviceModel device, LoadedModel model, DeviceOptions options, Trace trace) {
    this.device = device;
    this.trace = trace;
    ramps = model.spec().ramps().size();
    sequences = new SequenceCells(options.cache());
    stopTokens = new StopTokens(model);
  }

  @Override
  public void runSegment(int segment, RowBatch rows, HeadReadings out) {
    device.runSegment(segment, rows, out);
    if (segment == 0) {
      for (int row = 0; row < rows.rows; row++) {
        sequences.write(rows, row);
      }
    }
    for (int head = 0; head < rows.heads; head++) {
      if (out.token[head] != HeadReadings.NOT_FINITE) {
        replace(segment, rows, head, out);
      }
    }
  }

  private void replace(int segment, RowBatch rows, int head, HeadReadings out) {
    int row = rows.headRow[head];
    int token = sequences.token(rows, row);
    long key = SequenceKey.seeded(sequences.promptKey(rows, row), rows.sampling.seed[head]);
    TracedSequence record = trace.of(key);
    out.token[head] = stopTokens.ending(out.token[head], token + 1 >= record.outputTokens());
    if (segment < ramps && token > 0) {
      out.confidence[head] = trace.confidence(record, token, segment);
    }
  }

  @Override
  public void fillKv(int exitSegment, RowBatch rows) {
    device.fillKv(exitSegment, rows);
  }

  @Override
  public long nanos() {
    return device.nanos();
  }

  @Override
  public long memoryBytes() {
    return device.memoryBytes();
  }

  @Override
  public void close() {
    device.close();
  }
}
