package io.drex.device.sim;

import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import java.util.BitSet;

/**
 * What simulated heads read. All that a row depends on is kept in the KV cells of segment 0, where
 * a real device keeps it too: so readings are a function of the sequence alone, whatever the
 * schedule, and a sequence that starts again or shares a prefix reads the same.
 */
final class SimHeads {
  /** {@link #start} of a prompt's cell. */
  private static final int PROMPT = -1;

  private final ExitProcess exits;
  private final float[] thresholds; // [ramp]
  private final int vocabSize;
  private final BitSet stopTokens;
  private final int stopToken; // the lowest, or -1
  private final long[] key; // hash of the prompt so far, or of all of it; [cell], as the next two
  private final int[] start; // position of the sequence's first generated token
  private final float[] latent;

  /**
   * @param model at least one of its tokens is no stop token
   */
  SimHeads(LoadedModel model, DeviceOptions options, ExitProcess exits) {
    ModelSpec spec = model.spec();
    this.exits = exits;
    thresholds = new float[spec.ramps().size()];
    for (int ramp = 0; ramp < thresholds.length; ramp++) {
      thresholds[ramp] = spec.ramps().get(ramp).threshold();
    }
    vocabSize = spec.vocabSize();
    stopTokens = new BitSet();
    model.stopTokens().forEach(stopTokens::set);
    stopToken = stopTokens.nextSetBit(0);
    int cells = options.cache().cells(0);
    key = new long[cells];
    start = new int[cells];
    latent = new float[cells];
  }

  /** The key of a prompt that is longer by one token; that of no token is 0. */
  static long next(long key, int token) {
    return Chance.mix(key + token);
  }

  /** Writes the cells of rows that run segment 0, which must be those of a sequence in order. */
  void write(RowBatch rows) {
    for (int row = 0; row < rows.rows; row++) {
      int position = rows.position[row];
      int[] cells = rows.kvTable[rows.table[row]][0];
      int cell = cells[position];
      long before = position == 0 ? 0 : key[cells[position - 1]];
      if (rows.prompt[row]) {
        key[cell] = next(before, rows.token[row]);
        start[cell] = PROMPT;
        latent[cell] = 0;
      } else {
        int previous = cells[position - 1];
        key[cell] = before;
        start[cell] = start[previous] == PROMPT ? position : start[previous];
        latent[cell] = exits.latent(before, position - start[cell] + 1, latent[previous]);
      }
    }
  }

  /** Reads the heads after a segment. */
  void read(int segment, RowBatch rows, HeadReadings out) {
    for (int head = 0; head < rows.heads; head++) {
      int row = rows.headRow[head];
      int cell = rows.kvTable[rows.table[row]][0][rows.position[row]];
      int token = start[cell] == PROMPT ? 0 : rows.position[row] - start[cell] + 1;
      out.token[head] = token(key[cell], token);
      out.confidence[head] =
          segment < thresholds.length
              ? exits.confidence(key[cell], token, segment, latent[cell], thresholds[segment])
              : (float) Chance.uniform(key[cell], token, segment);
    }
  }

  private int token(long sequence, int token) {
    if (stopToken >= 0 && token + 1 >= exits.outputTokens(sequence)) {
      return stopToken;
    }
    int id = (int) Long.remainderUnsigned(Chance.mix(sequence + token), vocabSize);
    while (stopTokens.get(id)) {
      id = (id + 1) % vocabSize;
    }
    return id;
  }
}
