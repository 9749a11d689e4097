package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.DeviceOutOfMemoryException;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.SoloDecoder;
import io.drex.device.TinyModel;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decode calls as graphs on the emulated driver, which counts what it is asked for. */
@Tag("own-jvm")
class EmulatedGraphsTest {
  private static final KvFill FILL = KvFill.MAP;
  private static final int SEGMENTS = 3;

  private static Emulation emulation;

  @BeforeAll
  static void load() {
    emulation = Emulation.load();
  }

  @Test
  void aChangedBatchWithinABucketReplaysTheSameGraphs() {
    LoadedModel model = TinyModel.random(4, DType.BF16);
    DeviceOptions options = LockstepDecoder.options(model.spec(), FILL, 5, 1);
    try (DeviceModel device = new CudaBackend().open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 3);
      decoder.prefill(prompts(0, 2), 16);
      steps(decoder, 6);
      long graphs = emulation.calls("cuGraphInstantiate");
      assertThat(graphs).isEqualTo(SEGMENTS);
      decoder.prefill(prompts(2, 5), 16);
      Counts before = Counts.now();
      steps(decoder, 4);
      Counts counts = Counts.now().minus(before);
      assertThat(emulation.calls("cuGraphInstantiate")).isEqualTo(graphs);
      assertThat(counts.graphs()).isBetween(4L, 4L * SEGMENTS);
      assertThat(counts.waits()).isZero();
      assertThat(counts.launches()).as("entries of rows that left").isLessThanOrEqualTo(4 * 2 * 2);
    }
  }

  @Test
  void graphsGiveTheBitsOfSingleLaunches() {
    LoadedModel model = TinyModel.random(9, DType.BF16);
    List<int[]> prompts = prompts(0, 5);
    DeviceOptions options = LockstepDecoder.options(model.spec(), FILL, 12, 1);
    List<List<LockstepDecoder.Step>> byGraph = new ArrayList<>();
    Counts before = Counts.now();
    try (DeviceModel device = new CudaBackend().open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 3);
      decoder.prefill(prompts, 16);
      steps(decoder, 6);
      prompts.forEach(prompt -> byGraph.add(decoder.steps(byGraph.size())));
    }
    Counts between = Counts.now();
    assertThat(between.minus(before).graphs()).isPositive();
    try (DeviceModel device = new CudaBackend().open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 7);
      decoder.prefill(prompts, 16);
      for (int step = 0; step < 6; step++) { // a prompt in the call, so that it is no graph
        decoder.stepBesides(prompts(step, step + 1));
      }
      for (int i = 0; i < prompts.size(); i++) {
        assertThat(decoder.steps(i)).as("sequence %d", i).isEqualTo(byGraph.get(i));
      }
    }
    assertThat(Counts.now().minus(between).graphs()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cuLaunchKernel", "cuGraphInstantiate"})
  void aRecordingThatRunsOutOfMemoryIsMadeAgain(String function) {
    LoadedModel model = TinyModel.random(4, DType.BF16);
    DeviceOptions options = LockstepDecoder.options(model.spec(), FILL, 1, 1);
    try (DeviceModel device = new CudaBackend().open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 3);
      decoder.prefill(prompts(0, 1), 16);
      decoder.step();
      emulation.fail(function, 1, Emulation.OUT_OF_MEMORY);
      assertThatThrownBy(decoder::step).isInstanceOf(DeviceOutOfMemoryException.class);
      long graphs = emulation.calls("cuGraphLaunch");
      steps(decoder, 4);
      assertThat(emulation.calls("cuGraphLaunch")).isGreaterThanOrEqualTo(graphs + 4);
      assertThat(decoder.steps(0))
          .isEqualTo(SoloDecoder.decode(new CudaBackend(), model, FILL, prompts(0, 1).get(0), 6));
    }
  }

  @Test
  void givesTheMemoryBackThatGraphsWereFor() {
    LoadedModel model = TinyModel.random(4, DType.BF16);
    long before = emulation.allocatedBytes();
    DeviceOptions options = LockstepDecoder.options(model.spec(), FILL, 1, 1);
    long freed = emulation.calls("cuGraphExecDestroy");
    long made = emulation.calls("cuGraphInstantiate");
    try (DeviceModel device = new CudaBackend().open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 3);
      decoder.prefill(prompts(0, 1), 16);
      steps(decoder, 3);
    }
    made = emulation.calls("cuGraphInstantiate") - made;
    assertThat(made).isPositive();
    assertThat(emulation.calls("cuGraphExecDestroy") - freed).isEqualTo(made);
    assertThat(emulation.allocatedBytes()).isEqualTo(before);
  }

  private static void steps(LockstepDecoder decoder, int count) {
    for (int i = 0; i < count; i++) {
      decoder.step();
    }
  }

  private static List<int[]> prompts(int from, int end) {
    return IntStream.range(from, end).mapToObj(i -> TinyModel.prompt(i, 1 + i * 5 % 23)).toList();
  }

  private record Counts(long graphs, long launches, long waits) {
    static Counts now() {
      return new Counts(
          emulation.calls("cuGraphLaunch"),
          emulation.calls("cuLaunchKernel"),
          emulation.calls("cuStreamSynchronize"));
    }

    Counts minus(Counts other) {
      return new Counts(graphs - other.graphs, launches - other.launches, waits - other.waits);
    }
  }
}
