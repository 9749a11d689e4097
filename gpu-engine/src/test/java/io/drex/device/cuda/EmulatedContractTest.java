package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.RowBatch;
import io.drex.device.SoloDecoder;
import io.drex.device.TinyModel;
import io.drex.model.ConfidenceMetric;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernels on the emulated driver; in a JVM of its own, as that driver stays loaded. */
@Tag("own-jvm")
class EmulatedContractTest extends CudaContract {
  @BeforeAll
  static void load() {
    Emulation.load();
  }

  /** A third takes minutes as it is; {@code -Ddrex.test.emulatedFully=true} runs all. */
  @Override
  protected int some(int count) {
    return Boolean.getBoolean("drex.test.emulatedFully") ? count : (count + 2) / 3;
  }

  @Test
  void holdsTablesOfTheLongestSequenceRatherThanTheModelsLimit() {
    LoadedModel model = TinyModel.random(1, DType.BF16);
    int limit = model.spec().maxPositions();
    int segments = model.spec().ramps().size() + 1;
    long whole = memoryBytes(model, limit);
    long half = memoryBytes(model, limit / 2);
    assertThat(whole - half).isGreaterThanOrEqualTo((long) segments * limit / 2 * Integer.BYTES);
    assertThatThrownBy(() -> memoryBytes(model, limit + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sequences of " + (limit + 1) + " tokens are longer than the model's " + limit);
  }

  private long memoryBytes(LoadedModel model, int maxSequenceTokens) {
    int segments = model.spec().ramps().size() + 1;
    DeviceOptions options =
        new DeviceOptions(
            new CacheGeometry(segments, 16, 8),
            KvFill.MAP,
            ConfidenceMetric.MARGIN,
            1,
            maxSequenceTokens,
            8,
            8,
            1);
    try (DeviceModel device = backend().open(model, options)) {
      return device.memoryBytes();
    }
  }

  /** Logits are kept for a block of head rows at a time. */
  @Test
  void readsMoreHeadsThanABlockHolds() {
    LoadedModel tiny = TinyModel.random(1, DType.BF16);
    List<RampSpec> ramps = List.of(new RampSpec(2, ConfidenceMetric.HIDDEN_COSINE, RampSpec.OFF));
    LoadedModel model = tiny.withSpec(tiny.spec().withRamps(ramps));
    int sequences = 130;
    List<int[]> prompts =
        IntStream.range(0, sequences).mapToObj(i -> new int[] {i % TinyModel.VOCAB}).toList();
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, sequences, 1);
    try (DeviceModel device = backend().open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 3);
      decoder.prefill(prompts, 1);
      for (int i : new int[] {0, 127, 128, 129}) {
        assertThat(decoder.steps(i))
            .as("sequence %d", i)
            .isEqualTo(SoloDecoder.decode(backend(), model, KvFill.MAP, prompts.get(i), 1));
      }
    }
  }

  /** The memory for sums of chunks is that of one sequence; a sequence that runs again has more. */
  @Test
  void attendsInRoundsWhereMemoryIsForFewerRows() {
    LoadedModel model = TinyModel.random(1, DType.BF16);
    assertThat(lastOfTwenty(model, 20)).isEqualTo(lastOfTwenty(model, 1));
  }

  /** What the first head says of the last of 20 generated positions, so many of them a call. */
  private float lastOfTwenty(LoadedModel model, int ofCall) {
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, 1, 1);
    RowBatch rows = new RowBatch(20, new int[1][3][TinyModel.MAX_POSITIONS]);
    HeadReadings out = new HeadReadings(20);
    try (DeviceModel device = backend().open(model, options)) {
      for (int position = 0; position < 20; position++) {
        int row = rows.rows++;
        rows.token[row] = position * 5;
        rows.position[row] = position;
        rows.slot[row] = row;
        rows.kvTable[0][0][position] = position;
        if (rows.rows == ofCall) {
          rows.heads = 1;
          rows.headRow[0] = row;
          device.runSegment(0, rows, out);
          rows.clear();
        }
      }
    }
    return out.confidence[0];
  }
}
