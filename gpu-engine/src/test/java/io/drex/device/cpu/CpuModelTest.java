package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.LockstepDecoder.Step;
import io.drex.device.RowBatch;
import io.drex.device.Segments;
import io.drex.device.TinyModel;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.KvLayer;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Bits of readings and of K and V, whatever the kernels, threads, chunks, batches and KV fill. */
class CpuModelTest {
  private static final int TOKENS = 24;
  private static final LoadedModel MODEL = TinyModel.random(1, DType.BF16);
  private static final List<int[]> PROMPTS =
      List.of(TinyModel.prompt(1, 70), TinyModel.prompt(2, 3), TinyModel.prompt(3, 18));

  /**
   * A way to run the prompts.
   *
   * @param alone each prompt on a model of its own
   */
  private record Setting(KernelKind kind, int threads, int chunk, KvFill fill, boolean alone) {}

  /**
   * @param steps [sequence]
   * @param kv bits of K and V as the layers read them, [sequence]
   */
  private record Outcome(List<List<Step>> steps, List<List<Integer>> kv) {}

  private static Setting plain(KvFill fill) {
    return new Setting(KernelKind.SCALAR, 1, 16, fill, true);
  }

  @ParameterizedTest
  @CsvSource({
    "SCALAR, 1,   1, MAP,  false",
    "SCALAR, 2,  61, COPY, false",
    "VECTOR, 1,  16, MAP,  true",
    "VECTOR, 1, 256, COPY, false",
    "VECTOR, 2,   1, MAP,  false",
    "VECTOR, 4,  61, MAP,  false",
    "VECTOR, 4,  16, COPY, true"
  })
  void mappedAndCopiedKvHaveTheSameBitsInEverySetting(
      KernelKind kind, int threads, int chunk, KvFill fill, boolean alone) {
    Setting setting = new Setting(kind, threads, chunk, fill, alone);
    assertThat(decode(setting, 0)).isEqualTo(decodeWithExits(KvFill.MAP));
  }

  @ParameterizedTest
  @CsvSource({
    "SCALAR, 2,  61, PROPAGATE, false",
    "VECTOR, 1, 256, PROPAGATE, true",
    "VECTOR, 4,   1, PROPAGATE, false",
    "SCALAR, 2,   1, RECOMPUTE, false",
    "VECTOR, 1,  16, RECOMPUTE, true",
    "VECTOR, 4,  61, RECOMPUTE, false"
  })
  void readingsAndKvHaveTheSameBitsInEverySetting(
      KernelKind kind, int threads, int chunk, KvFill fill, boolean alone) {
    Setting setting = new Setting(kind, threads, chunk, fill, alone);
    assertThat(decode(setting, 0)).isEqualTo(decodeWithExits(fill));
  }

  private static Outcome decodeWithExits(KvFill fill) {
    Outcome plain = decode(plain(fill), 0);
    assertThat(plain.steps().stream().flatMap(List::stream))
        .extracting(Step::depth)
        .contains(2, 4, TinyModel.LAYERS);
    return plain;
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void cellsThatNoRowWroteAreNeverRead(KvFill fill) {
    for (KernelKind kind : KernelKind.values()) {
      Setting setting = new Setting(kind, 1, 16, fill, false);
      assertThat(decode(setting, Float.NaN)).isEqualTo(decode(setting, 0));
    }
  }

  private static Outcome decode(Setting setting, float unwritten) {
    Outcome outcome = new Outcome(new ArrayList<>(), new ArrayList<>());
    if (setting.alone()) {
      PROMPTS.forEach(prompt -> decode(setting, List.of(prompt), unwritten, outcome));
    } else {
      decode(setting, PROMPTS, unwritten, outcome);
    }
    return outcome;
  }

  private static void decode(
      Setting setting, List<int[]> prompts, float unwritten, Outcome outcome) {
    DeviceOptions options =
        LockstepDecoder.options(MODEL.spec(), setting.fill(), prompts.size(), setting.threads());
    try (CpuModel model = CpuModel.open(MODEL, options, setting.kind())) {
      fillKv(model, options.cache().leastCells(), unwritten);
      LockstepDecoder decoder =
          new LockstepDecoder(model, MODEL.spec(), options, setting.hashCode());
      decoder.prefill(prompts, setting.chunk());
      for (int i = 1; i < TOKENS; i++) {
        decoder.step();
      }
      for (int i = 0; i < prompts.size(); i++) {
        outcome.steps().add(decoder.steps(i));
        // A token that is pending at the end has no K and V in deeper layers.
        int positions = prompts.get(i).length + TOKENS - 1 - setting.fill().maxPending();
        outcome.kv().add(kvBits(model, decoder.tables(i), positions));
      }
    }
  }

  private static void fillKv(CpuModel model, int cells, float element) {
    float[] kv = new float[2 * MODEL.spec().kvWidth()];
    Arrays.fill(kv, element);
    for (int layer = 0; layer < MODEL.spec().layers(); layer++) {
      for (int cell = 0; cell < cells; cell++) {
        model.cache().write(layer, cell, kv, 0);
      }
    }
  }

  private static List<Integer> kvBits(CpuModel model, int[][] tables, int positions) {
    Segments segments = Segments.of(MODEL.spec(), MODEL.spec().fullDepthMetric());
    List<Integer> bits = new ArrayList<>();
    for (int s = 0; s < segments.count(); s++) {
      for (int layer = segments.firstLayer(s); layer < segments.endLayer(s); layer++) {
        for (int p = 0; p < positions; p++) {
          addBits(model.cache().layer(layer), tables[s][p], bits);
        }
      }
    }
    return bits;
  }

  private static void addBits(KvLayer layer, int entry, List<Integer> bits) {
    float[] head = new float[MODEL.spec().headDim()];
    for (int kvHead = 0; kvHead < MODEL.spec().kvHeads(); kvHead++) {
      layer.cells(entry).readKey(KvLayer.cell(entry), kvHead, head);
      addBits(head, bits);
      layer.cells(entry).readValue(KvLayer.cell(entry), kvHead, head);
      addBits(head, bits);
    }
  }

  private static void addBits(float[] head, List<Integer> bits) {
    for (float element : head) {
      bits.add(Float.floatToRawIntBits(element));
    }
  }

  @Test
  void aRowOutsideTheModelIsRefused() {
    DeviceOptions options = LockstepDecoder.options(MODEL.spec(), KvFill.MAP, 1, 1);
    try (CpuModel model = CpuModel.open(MODEL, options, KernelKind.SCALAR)) {
      RowBatch rows = new RowBatch(2, new int[1][3][TinyModel.MAX_POSITIONS]);
      HeadReadings out = new HeadReadings(2);
      rows.rows = 2;
      rows.token[1] = TinyModel.VOCAB;
      assertThatThrownBy(() -> model.runSegment(0, rows, out))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("row 1: token must be in [0, 101), not 101");
      rows.token[1] = 0;
      rows.position[0] = -1;
      assertThatThrownBy(() -> model.runSegment(0, rows, out))
          .hasMessage("row 0: position must be in [0, 320), not -1");
      rows.position[0] = 0;
      rows.slot[1] = 321;
      assertThatThrownBy(() -> model.fillKv(0, rows))
          .hasMessage("row 1: slot must be in [0, 321), not 321");
      assertThatThrownBy(() -> model.runSegment(3, rows, out))
          .hasMessage("segment must be in [0, 3), not 3");
    }
  }
}
