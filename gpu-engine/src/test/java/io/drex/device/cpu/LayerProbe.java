package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.RowBatch;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.golden.GoldenReading;
import io.drex.golden.ModelGolden;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Feeds sequences token by token, one after the other, and compares what the head reads after every
 * layer.
 */
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
    restart();
  }

  /** Starts another sequence. */
  void restart() {
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
   * @param golden what the head says after each layer; a confidence that is NaN is not compared
   */
  void acceptAndCompare(int token, List<GoldenReading> golden) {
    start(token);
    for (int s = 0; s < layers; s++) {
      model.runSegment(s, rows, out);
      GoldenReading layer = golden.get(s);
      String where = "position " + rows.position[0] + ", layer " + (s + 1);
      assertThat(out.token[0]).as(where).isEqualTo(layer.tokens()[0]);
      for (int i = 0; i < layer.tokens().length; i++) {
        assertThat((double) model.head().logit(0, layer.tokens()[i]))
            .as(where)
            .isCloseTo(layer.logits()[i], within(ModelGolden.LOGIT_TOLERANCE));
      }
      if (!Double.isNaN(layer.confidence())) {
        assertThat((double) out.confidence[0])
            .as(where)
            .isCloseTo(layer.confidence(), within(ModelGolden.CONFIDENCE_TOLERANCE));
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
