package io.drex.device.sim;

import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Another device that works as before, while what its heads read is recorded: a record for each
 * prompt. Where thresholds let no row leave, a record is complete at every ramp. Allocates as it
 * records.
 */
public final class TraceRecorder implements DeviceModel {
  private final DeviceModel device;
  private final int ramps;
  private final long[] key; // hash of the prompt so far; [table], as the next
  private final int[] promptTokens;
  private final Map<Long, Draft> drafts = new LinkedHashMap<>();

  /** A record that grows. */
  private static final class Draft {
    private final int promptTokens;
    private float[] confidences = {}; // [(token − 1) · ramps + ramp]
    private int outputTokens = 1;

    Draft(int promptTokens) {
      this.promptTokens = promptTokens;
    }

    void add(int token, int ramp, int ramps, float confidence) {
      outputTokens = Math.max(outputTokens, token + 1);
      int used = confidences.length;
      if (used < token * ramps) {
        confidences = Arrays.copyOf(confidences, Math.max(2 * used, token * ramps));
        Arrays.fill(confidences, used, confidences.length, Float.NaN);
      }
      if (ramp < ramps) {
        confidences[(token - 1) * ramps + ramp] = confidence;
      }
    }

    TracedSequence record(long key, int ramps) {
      float[] read = Arrays.copyOf(confidences, (outputTokens - 1) * ramps);
      return new TracedSequence(key, promptTokens, outputTokens, read);
    }
  }

  /**
   * @param device to be closed with this
   * @param options that it was opened with
   */
  public TraceRecorder(DeviceModel device, DeviceOptions options) {
    this.device = device;
    ramps = options.cache().segments() - 1;
    key = new long[options.slots()];
    promptTokens = new int[options.slots()];
  }

  /** What was recorded so far. */
  public Trace trace() {
    List<TracedSequence> sequences = new ArrayList<>();
    drafts.forEach((prompt, draft) -> sequences.add(draft.record(prompt, ramps)));
    return new Trace(ramps, sequences);
  }

  @Override
  public void runSegment(int segment, RowBatch rows, HeadReadings out) {
    device.runSegment(segment, rows, out);
    if (segment == 0) {
      followPrompts(rows);
    }
    for (int head = 0; head < rows.heads; head++) {
      int row = rows.headRow[head];
      int table = rows.table[row];
      Draft draft = drafts.computeIfAbsent(key[table], prompt -> new Draft(promptTokens[table]));
      int token = rows.position[row] - draft.promptTokens + 1;
      if (token > 0) {
        draft.add(token, segment, ramps, out.confidence[head]);
      }
    }
  }

  private void followPrompts(RowBatch rows) {
    for (int row = 0; row < rows.rows; row++) {
      if (rows.prompt[row]) {
        int table = rows.table[row];
        long before = rows.position[row] == 0 ? 0 : key[table];
        key[table] = SimHeads.next(before, rows.token[row]);
        promptTokens[table] = rows.position[row] + 1;
      }
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
