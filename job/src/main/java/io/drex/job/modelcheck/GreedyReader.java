package io.drex.job.modelcheck;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import io.drex.model.LoadedModel;
import java.util.stream.IntStream;

/**
 * Decodes one sequence at a time, greedily and at full depth, and reads every ramp on the way.
 * There is one slot, and a position's cell is the position, in every segment.
 */
public final class GreedyReader implements AutoCloseable {
  private static final int CHUNK = 64;

  private final LoadedModel model;
  private final DeviceModel device;
  private final RowBatch batch;
  private final HeadReadings readings = new HeadReadings(CHUNK);
  private final int segments;
  private final int maxTokens;

  /** Is told what each ramp said of each token. */
  public interface Listener {
    /**
     * One ramp's reading of one token.
     *
     * @param ramp index in the model's ramps
     * @param fullDepthToken the token that the model emitted
     */
    void read(int ramp, float confidence, int rampToken, int fullDepthToken);
  }

  private GreedyReader(LoadedModel model, DeviceModel device, int maxTokens) {
    this.model = model;
    this.device = device;
    this.maxTokens = maxTokens;
    this.segments = model.spec().ramps().size() + 1;
    int[] cells = IntStream.range(0, maxTokens).toArray();
    int[][][] tables = new int[1][segments][];
    IntStream.range(0, segments).forEach(segment -> tables[0][segment] = cells);
    this.batch = new RowBatch(CHUNK, tables);
  }

  /**
   * Opens the model with all its ramps read.
   *
   * @param maxTokens longest sequence, prompt and completion together
   */
  public static GreedyReader open(
      LoadedModel model, DeviceBackend backend, int maxTokens, int threads) {
    CacheGeometry cache = new CacheGeometry(model.spec().ramps().size() + 1, maxTokens, 1);
    DeviceOptions options =
        new DeviceOptions(
            cache, KvFill.MAP, model.spec().fullDepthMetric(), 1, CHUNK, CHUNK, threads);
    return new GreedyReader(model, backend.open(model, options), maxTokens);
  }

  /**
   * Completes a prompt and tells, token by token, what the ramps would have said. The first token
   * is not told, because it comes from the prompt, where ramps are not read.
   */
  public void read(int[] prompt, int newTokens, Listener listener) {
    int token = prefill(prompt);
    int end = Math.min(maxTokens, prompt.length + newTokens);
    for (int position = prompt.length;
        position < end && !model.stopTokens().contains(token);
        position++) {
      batch.clear();
      add(token, position, 0, false);
      batch.headRow[0] = 0;
      batch.heads = 1;
      token = decode(listener);
    }
  }

  private int decode(Listener listener) {
    float[] confidences = new float[segments - 1];
    int[] tokens = new int[segments - 1];
    for (int segment = 0; segment < segments; segment++) {
      device.runSegment(segment, batch, readings);
      if (segment < segments - 1) {
        confidences[segment] = readings.confidence[0];
        tokens[segment] = readings.token[0];
      }
    }
    int last = readings.token[0];
    for (int ramp = 0; ramp < segments - 1; ramp++) {
      listener.read(ramp, confidences[ramp], tokens[ramp], last);
    }
    return last;
  }

  /** Runs the prompt in chunks through scratch slots; returns the first new token. */
  private int prefill(int[] prompt) {
    for (int from = 0; from < prompt.length; from += CHUNK) {
      int to = Math.min(prompt.length, from + CHUNK);
      batch.clear();
      for (int position = from; position < to; position++) {
        add(prompt[position], position, 1 + position - from, true);
      }
      for (int segment = 0; segment < segments; segment++) {
        boolean read = segment == segments - 1 && to == prompt.length;
        batch.headRow[0] = to - from - 1;
        batch.heads = read ? 1 : 0;
        device.runSegment(segment, batch, readings);
      }
    }
    return readings.token[0];
  }

  private void add(int token, int position, int slot, boolean prompt) {
    int row = batch.rows++;
    batch.token[row] = token;
    batch.position[row] = position;
    batch.slot[row] = slot;
    batch.table[row] = 0;
    batch.prompt[row] = prompt;
  }

  @Override
  public void close() {
    device.close();
  }
}
