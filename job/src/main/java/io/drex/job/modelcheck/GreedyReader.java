package io.drex.job.modelcheck;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import io.drex.model.LoadedModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Decodes sequences greedily and at full depth, and reads every ramp on the way. Sequences run in
 * lockstep, one in each lane; a lane whose sequence ends takes the next prompt. A lane has one slot
 * and a run of KV cells, which are the same in every segment. Used by one thread.
 */
public final class GreedyReader implements AutoCloseable {
  private static final int CHUNK = 128;

  private final LoadedModel model;
  private final DeviceModel device;
  private final RowBatch batch;
  private final HeadReadings readings;
  private final int lanes;
  private final int segments;
  private final int maxTokens;

  /** A sequence in progress; {@code slot} is its KV table too. */
  private static final class Lane {
    final int slot;
    int sequence;
    int token; // the newest, not yet decoded
    int position; // of the newest token
    int end; // position at which the sequence ends at the latest

    Lane(int slot) {
      this.slot = slot;
    }
  }

  private GreedyReader(LoadedModel model, DeviceModel device, int lanes, int maxTokens) {
    this.model = model;
    this.device = device;
    this.lanes = lanes;
    this.maxTokens = maxTokens;
    this.segments = model.spec().ramps().size() + 1;
    int[][][] tables = new int[lanes][segments][];
    for (int lane = 0; lane < lanes; lane++) {
      int from = lane * maxTokens;
      int[] cells = IntStream.range(from, from + maxTokens).toArray();
      for (int segment = 0; segment < segments; segment++) {
        tables[lane][segment] = cells;
      }
    }
    this.batch = new RowBatch(maxRows(lanes), tables);
    this.readings = new HeadReadings(maxRows(lanes));
  }

  /**
   * Opens the model with all its ramps read.
   *
   * @param lanes sequences that are decoded at once, at least 1; readings do not depend on it
   * @param maxTokens longest sequence, prompt and completion together
   */
  public static GreedyReader open(
      LoadedModel model, DeviceBackend backend, int lanes, int maxTokens, int threads) {
    CacheGeometry cache = new CacheGeometry(model.spec().ramps().size() + 1, maxTokens, lanes);
    DeviceOptions options =
        new DeviceOptions(
            cache,
            KvFill.MAP,
            model.spec().fullDepthMetric(),
            lanes,
            maxTokens,
            CHUNK,
            maxRows(lanes),
            threads);
    return new GreedyReader(model, backend.open(model, options), lanes, maxTokens);
  }

  private static int maxRows(int lanes) {
    return Math.max(lanes, CHUNK);
  }

  /**
   * Completes prompts and tells, token by token, what the ramps would have said. A sequence's first
   * token is not told, because it comes from the prompt, where ramps are not read. A token without
   * finite logits ends its sequence untold.
   *
   * @param newTokens most tokens to tell of each sequence
   * @param listener is told the tokens of a sequence in their order, sequences interleaved
   */
  public void read(List<int[]> prompts, int newTokens, Consumer<TokenReading> listener) {
    Deque<Lane> idle = new ArrayDeque<>();
    IntStream.range(0, lanes).forEach(slot -> idle.add(new Lane(slot)));
    List<Lane> running = new ArrayList<>();
    int started = 0;
    while (started < prompts.size() || !running.isEmpty()) {
      while (started < prompts.size() && !idle.isEmpty()) {
        Lane lane = idle.remove();
        start(lane, started, prompts.get(started), newTokens);
        running.add(lane);
        started++;
      }
      retire(running, idle);
      if (!running.isEmpty()) {
        decode(running, listener);
      }
    }
  }

  private void retire(List<Lane> running, Deque<Lane> idle) {
    for (Iterator<Lane> lanes = running.iterator(); lanes.hasNext(); ) {
      Lane lane = lanes.next();
      if (lane.position >= lane.end
          || lane.token == HeadReadings.NOT_FINITE
          || model.stopTokens().contains(lane.token)) {
        lanes.remove();
        idle.add(lane);
      }
    }
  }

  private void start(Lane lane, int sequence, int[] prompt, int newTokens) {
    lane.sequence = sequence;
    lane.token = prefill(lane, prompt);
    lane.position = prompt.length;
    lane.end = Math.min(maxTokens, prompt.length + newTokens);
  }

  /** Runs the prompt in chunks through scratch slots; returns the first new token. */
  private int prefill(Lane lane, int[] prompt) {
    for (int from = 0; from < prompt.length; from += CHUNK) {
      int to = Math.min(prompt.length, from + CHUNK);
      batch.clear();
      for (int position = from; position < to; position++) {
        int row = addRow(lane, prompt[position], position);
        batch.slot[row] = lanes + row;
        batch.prompt[row] = true;
      }
      for (int segment = 0; segment < segments; segment++) {
        boolean read = segment == segments - 1 && to == prompt.length;
        batch.headRow[0] = batch.rows - 1;
        batch.heads = read ? 1 : 0;
        device.runSegment(segment, batch, readings);
      }
    }
    return readings.token[0];
  }

  /** One token of every running sequence. */
  private void decode(List<Lane> running, Consumer<TokenReading> listener) {
    batch.clear();
    for (Lane lane : running) {
      int row = addRow(lane, lane.token, lane.position);
      batch.slot[row] = lane.slot;
      batch.prompt[row] = false;
      batch.headRow[row] = row;
    }
    batch.heads = batch.rows;
    float[][] confidences = new float[batch.rows][segments - 1];
    int[][] tokens = new int[batch.rows][segments - 1];
    for (int segment = 0; segment < segments; segment++) {
      device.runSegment(segment, batch, readings);
      for (int row = 0; segment < segments - 1 && row < batch.rows; row++) {
        confidences[row][segment] = readings.confidence[row];
        tokens[row][segment] = readings.token[row];
      }
    }
    for (int row = 0; row < batch.rows; row++) {
      Lane lane = running.get(row);
      lane.token = readings.token[row];
      lane.position++;
      if (lane.token != HeadReadings.NOT_FINITE) {
        listener.accept(
            new TokenReading(
                lane.sequence, lane.position, confidences[row], tokens[row], lane.token));
      }
    }
  }

  private int addRow(Lane lane, int token, int position) {
    int row = batch.rows++;
    batch.token[row] = token;
    batch.position[row] = position;
    batch.table[row] = lane.slot;
    return row;
  }

  @Override
  public void close() {
    device.close();
  }
}
