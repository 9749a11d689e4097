package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.RowBatch;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import java.util.stream.IntStream;

/** Feeds one sequence token by token and compares what the head reads after every layer. */
final class LayerProbe implements AutoCloseable {
  private final CpuModel model;
  private final int layers;
  private final RowBatch rows;
  private final HeadReadings out = new HeadReadings(1);

  LayerProbe(LoadedModel loaded, KernelKind kind) {
    layers = loaded.spec().layers();
    int[] depths = IntStream.range(1, layers).toArray();
    LoadedModel ramped = GoldenFile.withRamps(loaded, depths, RampSpec.OFF);
    DeviceOptions options = LockstepDecoder.options(ramped.spec(), KvFill.MAP, 1, 1);
    model = CpuModel.open(ramped, options, kind);
    rows = new RowBatch(1, new int[1][layers][loaded.spec().maxPositions()]);
    rows.rows = 1;
    rows.heads = 1;
    rows.position[0] = -1;
  }

  /** Runs the next position, comparing nothing. */
  void accept(int token) {
    start(token);
    rows.heads = 0;
    for (int s = 0; s < layers; s++) {
      model.runSegment(s, rows, out);
    }
    rows.heads = 1;
  }

  /**
   * Runs the next position.
   *
   * @param golden per layer {@code top5} of [id, logit], best first, and perhaps {@code conf}
   */
  void acceptAndCompare(int token, JsonNode golden) {
    start(token);
    for (int s = 0; s < layers; s++) {
      model.runSegment(s, rows, out);
      JsonNode layer = golden.get(s);
      String where = "position " + rows.position[0] + ", layer " + (s + 1);
      assertThat(out.token[0]).as(where).isEqualTo(layer.get("top5").get(0).get(0).intValue());
      for (JsonNode pair : layer.get("top5")) {
        assertThat((double) model.head().logit(0, pair.get(0).intValue()))
            .as(where)
            .isCloseTo(pair.get(1).doubleValue(), within(1e-3));
      }
      if (layer.has("conf")) {
        assertThat((double) out.confidence[0])
            .as(where)
            .isCloseTo(layer.get("conf").doubleValue(), within(1e-4));
      }
    }
  }

  private void start(int token) {
    rows.token[0] = token;
    rows.position[0]++;
    for (int s = 0; s < layers; s++) {
      rows.kvTable[0][s][rows.position[0]] = rows.position[0];
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
