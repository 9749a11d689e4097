package io.drex.device.cuda;

import io.drex.device.HeadSampling;
import io.drex.device.RowBatch;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;
import java.nio.IntBuffer;

/**
 * How the head rows of a call choose their tokens, as the kernel {@code sample} reads it: eight
 * int32 a head, and the tokens of sequences with a penalty.
 */
final class SamplingArgs {
  private static final int FIELDS = 8;

  private final CudaDriver driver;
  private final DeviceMemory memory;
  private final IntBuffer fields; // [head][FIELDS]
  private final long deviceFields;
  private final CudaDriver.Upload uploadFields;

  private PinnedMemory history;
  private IntBuffer tokens;
  private long deviceHistory;

  /**
   * @param heads most of a call
   * @param positions longest sequence
   */
  SamplingArgs(CudaDriver driver, DeviceMemory memory, int heads, int positions) {
    this.driver = driver;
    this.memory = memory;
    long bytes = (long) heads * FIELDS * Integer.BYTES;
    PinnedMemory pinned = memory.pin(bytes);
    fields = pinned.bytes().asIntBuffer();
    deviceFields = memory.allocate("sampling", bytes);
    uploadFields = driver.prepareUpload(pinned, 0, deviceFields, bytes);
    history = memory.pin((long) positions * Integer.BYTES);
    tokens = history.bytes().asIntBuffer();
    deviceHistory = memory.allocate("sampling", (long) positions * Integer.BYTES);
  }

  /** Address of the fields. */
  long fields() {
    return deviceFields;
  }

  /** Address of the sequences' tokens; it changes with {@link #upload}. */
  long history() {
    return deviceHistory;
  }

  /** Whether one of the heads [from, from + count) does not just take the likeliest token. */
  static boolean samples(RowBatch rows, int from, int count) {
    for (int head = from; head < from + count; head++) {
      if (!rows.sampling.isGreedy(head)) {
        return true;
      }
    }
    return false;
  }

  /** Brings how the heads [from, from + count) choose. */
  void upload(RowBatch rows, int from, int count) {
    reserve(historyTokens(rows, from, count));
    HeadSampling how = rows.sampling;
    int used = 0;
    for (int i = 0; i < count; i++) {
      int head = from + i;
      int at = i * FIELDS;
      fields.put(at, Float.floatToRawIntBits(how.temperature[head]));
      fields.put(at + 1, how.topK[head]);
      fields.put(at + 2, Float.floatToRawIntBits(how.topP[head]));
      fields.put(at + 3, Float.floatToRawIntBits(how.minP[head]));
      fields.put(at + 4, Float.floatToRawIntBits(how.repetitionPenalty[head]));
      fields.put(at + 5, (int) how.seed[head]);
      fields.put(at + 6, (int) (how.seed[head] >>> Integer.SIZE));
      fields.put(at + 7, used);
      int length = historyOf(rows, head);
      tokens.put(used, how.history[head], 0, length);
      used += length;
    }
    driver.upload(uploadFields);
    if (used > 0) {
      driver.upload(history, deviceHistory, (long) used * Integer.BYTES);
    }
  }

  private static int historyTokens(RowBatch rows, int from, int count) {
    int sum = 0;
    for (int head = from; head < from + count; head++) {
      sum += historyOf(rows, head);
    }
    return sum;
  }

  /** Tokens that a head's penalty reads. */
  private static int historyOf(RowBatch rows, int head) {
    boolean penalises = rows.sampling.repetitionPenalty[head] != 1;
    return penalises ? rows.position[rows.headRow[head]] + 1 : 0;
  }

  /**
   * Makes room; what was held before stays held until the model is closed, and in use if that
   * fails.
   */
  private void reserve(int wanted) {
    if (wanted > tokens.capacity()) {
      long bytes = (long) Math.max(wanted, 2 * tokens.capacity()) * Integer.BYTES;
      long device = memory.allocate("sampling", bytes);
      history = memory.pin(bytes);
      tokens = history.bytes().asIntBuffer();
      deviceHistory = device;
    }
  }
}
