package io.drex.device.sim;

import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.device.SplitMix64;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.util.List;

/**
 * What simulated heads read. All that a row depends on is kept beside the KV cells of segment 0: so
 * readings are a function of the sequence alone, whatever the schedule, and a sequence that starts
 * again or shares a prefix reads the same.
 */
final class SimHeads {
  private final ExitProcess exits;
  private final List<RampSpec> ramps;
  private final int vocabSize;
  private final StopTokens stopTokens;
  private final SequenceCells sequences;
  private final float[] latent; // [cell]

  /**
   * @param model at least one of its tokens is no stop token
   */
  SimHeads(LoadedModel model, DeviceOptions options, ExitProcess exits) {
    ModelSpec spec = model.spec();
    this.exits = exits;
    ramps = spec.ramps();
    vocabSize = spec.vocabSize();
    stopTokens = new StopTokens(model);
    sequences = new SequenceCells(options.cache());
    latent = new float[options.cache().cells(0)];
  }

  /** Writes the cells of rows that run segment 0, which must be those of a sequence in order. */
  void write(RowBatch rows) {
    for (int row = 0; row < rows.rows; row++) {
      sequences.write(rows, row);
      int cell = SequenceCells.cell(rows, row);
      int token = sequences.token(rows, row);
      if (token == 0) {
        latent[cell] = 0;
      } else {
        float previous = latent[SequenceCells.cellBefore(rows, row)];
        latent[cell] = exits.latent(sequences.promptKey(rows, row), token, previous);
      }
    }
  }

  /** Reads the heads after a segment. */
  void read(int segment, RowBatch rows, HeadReadings out) {
    for (int head = 0; head < rows.heads; head++) {
      int row = rows.headRow[head];
      long key = sequences.promptKey(rows, row);
      int token = sequences.token(rows, row);
      out.token[head] = stopTokens.ending(drawn(key, token), token + 1 >= exits.outputTokens(key));
      out.confidence[head] =
          segment < ramps.size()
              ? exits.confidence(
                  key, token, segment, latent[SequenceCells.cell(rows, row)], ramps.get(segment))
              : (float) Chance.uniform(key, token, segment);
    }
  }

  private int drawn(long key, int token) {
    return (int) Long.remainderUnsigned(SplitMix64.mix(key + token), vocabSize);
  }
}
