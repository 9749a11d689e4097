package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.DeviceOutOfMemoryException;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import io.drex.device.Sampling;
import io.drex.device.TinyModel;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that need more memory than was taken when the model was opened, on the emulated driver. */
@Tag("own-jvm")
class EmulatedMemoryTest {
  private static final int LONGEST = 2; // tokens of a sequence; there is room for one's at first
  private static final int ROWS = LONGEST + 1; // of one token each

  private static Emulation emulation;

  private final LoadedModel model = TinyModel.random(4, DType.BF16);
  private final DeviceOptions options = options(model.spec());

  @BeforeAll
  static void load() {
    emulation = Emulation.load();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cuMemAlloc", "cuMemHostAlloc"})
  void aCallWhoseHistoriesFindNoRoomCanRunAgain(String function) {
    RowBatch rows = penalisedRows();
    HeadReadings out = new HeadReadings(ROWS);
    int[] expected = tokensWithRoom(rows);
    try (DeviceModel device = new CudaBackend().open(model, options)) {
      for (int again = 0; again < 2; again++) {
        emulation.fail(function, 1, Emulation.OUT_OF_MEMORY);
        assertThatThrownBy(() -> device.runSegment(0, rows, out))
            .isInstanceOf(DeviceOutOfMemoryException.class)
            .hasMessageContaining("memory");
      }
      device.runSegment(0, rows, out);
      assertThat(Arrays.copyOf(out.token, ROWS)).isEqualTo(expected);
    }
  }

  @Test
  void aFailedCallIsWaitedForBeforeTheNextIsPlanned() {
    RowBatch rows = penalisedRows();
    try (DeviceModel device = new CudaBackend().open(model, options)) {
      long waits = emulation.calls("cuStreamSynchronize");
      emulation.fail("cuMemAlloc", 1, Emulation.OUT_OF_MEMORY);
      assertThatThrownBy(() -> device.runSegment(0, rows, new HeadReadings(ROWS)))
          .hasMessageContaining("the GPU lacks memory for sampling");
      assertThat(emulation.calls("cuStreamSynchronize")).isGreaterThan(waits);
    }
  }

  private int[] tokensWithRoom(RowBatch rows) {
    HeadReadings out = new HeadReadings(ROWS);
    try (DeviceModel device = new CudaBackend().open(model, options)) {
      device.runSegment(0, rows, out);
    }
    return Arrays.copyOf(out.token, ROWS);
  }

  /** First tokens of as many sequences. */
  private RowBatch penalisedRows() {
    RowBatch rows = new RowBatch(ROWS, new int[ROWS][options.cache().segments()][LONGEST]);
    for (int row = 0; row < ROWS; row++) {
      rows.token[row] = row;
      rows.slot[row] = row;
      rows.table[row] = row;
      rows.kvTable[row][0][0] = row;
      rows.headRow[row] = row;
      rows.sampling.set(row, new Sampling(0, 0, 1, 0, 1.5f), row, new int[] {row});
    }
    rows.rows = ROWS;
    rows.heads = ROWS;
    return rows;
  }

  private static DeviceOptions options(ModelSpec spec) {
    CacheGeometry cache = new CacheGeometry(spec.ramps().size() + 1, 16, ROWS);
    return new DeviceOptions(
        cache, KvFill.MAP, spec.fullDepthMetric(), ROWS, LONGEST, ROWS, ROWS, 1);
  }
}
