package io.drex.device.sim;

import io.drex.device.DeviceModel;
import io.drex.device.HeadReadings;
import io.drex.device.HeadSampling;
import io.drex.device.RowBatch;
import io.drex.device.SplitMix64;

/** See {@link NoopBackend}. A row's hidden state is a hash of its token and position. */
final class NoopModel implements DeviceModel {
  /** One token in so many is a stop token. */
  private static final int TOKENS_PER_STOP = 16;

  private final int vocabSize;
  private final int[] stopTokens;
  private final long[] hidden; // [slot]

  NoopModel(int vocabSize, int[] stopTokens, int hiddenSlots) {
    this.vocabSize = vocabSize;
    this.stopTokens = stopTokens;
    hidden = new long[hiddenSlots];
  }

  @Override
  public void runSegment(int segment, RowBatch rows, HeadReadings out) {
    if (segment == 0) {
      for (int row = 0; row < rows.rows; row++) {
        hidden[rows.slot[row]] =
            SplitMix64.mix(((long) rows.token[row] << 32) + rows.position[row]);
      }
    }
    for (int head = 0; head < rows.heads; head++) {
      int row = rows.headRow[head];
      long state = hidden[rows.slot[row]];
      boolean greedy = rows.sampling.isGreedy(head);
      long random = HeadSampling.randomBits(rows.sampling.seed[head], rows.position[row]);
      out.token[head] = token(greedy ? state : state ^ random);
      out.confidence[head] = (SplitMix64.mix(state + segment + 1) >>> 40) / (float) (1 << 24);
    }
  }

  private int token(long state) {
    long choice = Long.remainderUnsigned(state, TOKENS_PER_STOP);
    int[] from = stopTokens;
    if (choice == 0 && from.length > 0) {
      return from[(int) Long.remainderUnsigned(SplitMix64.mix(state), from.length)];
    }
    return (int) Long.remainderUnsigned(SplitMix64.mix(state), vocabSize);
  }

  @Override
  public void fillKv(int exitSegment, RowBatch rows) {}

  @Override
  public long memoryBytes() {
    return (long) hidden.length * Long.BYTES;
  }

  @Override
  public void close() {}
}
