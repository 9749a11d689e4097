package io.drex.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.LockstepDecoder.Step;
import io.drex.model.ConfidenceMetric;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every backend promises unless it is {@linkplain DeviceBackend#isScheduleDependent schedule
 * dependent}: a row's results have the same bits whatever it is computed with.
 */
public abstract class SameBytesContractTest extends DeviceModelContractTest {
  @Test
  void doesNotSayThatRowsDependOnTheSchedule() {
    assertThat(backend().isScheduleDependent()).isFalse();
  }

  @Test
  void rowsWithHeadsOfTheirOwnDoNotDependOnTheSchedule() {
    assertSameInEverySchedule(TinyModel.withOwnHeads(13, DType.BF16));
  }

  @ParameterizedTest
  @EnumSource(ModelFamily.class)
  void rowsOfEveryFamilyDoNotDependOnTheSchedule(ModelFamily family) {
    assertSameInEverySchedule(TinyModel.ofFamily(family, 14));
  }

  private void assertSameInEverySchedule(LoadedModel model) {
    List<int[]> prompts = prompts(some(40));
    List<List<Step>> together = decode(model, KvFill.MAP, prompts, 16, 1, 99);
    assertThat(decode(model, KvFill.COPY, prompts, 61, 3, 7)).isEqualTo(together);
    assertAreAsAlone(together, model, KvFill.MAP, prompts, 9);
  }

  @ParameterizedTest
  @EnumSource(ConfidenceMetric.class)
  void everyMetricIsTheRowsOwn(ConfidenceMetric metric) {
    LoadedModel model = withMetric(metric);
    List<int[]> prompts = prompts(some(7));
    List<List<Step>> together = decode(model, KvFill.MAP, prompts, 1, 1, 3);
    assertThat(decode(model, KvFill.MAP, prompts, 61, 3, 4)).isEqualTo(together);
    assertAreAsAlone(together, model, KvFill.MAP, prompts, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64})
  void aRowDoesNotDependOnItsNeighbours(int sequences) {
    assertSameAsAlone(KvFill.MAP, sequences);
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void aRowDoesNotDependOnItsNeighboursHoweverSkippedLayersAreFilled(KvFill fill) {
    assertSameAsAlone(fill, 13);
  }

  private void assertSameAsAlone(KvFill fill, int sequences) {
    LoadedModel model = TinyModel.random(4, DType.BF16);
    List<int[]> prompts = prompts(some(sequences));
    List<List<Step>> together = decode(model, fill, prompts, 16, 1, 99);
    assertAreAsAlone(together, model, fill, prompts, 1);
  }

  /** Compares every so manyth sequence with what it gives alone. */
  private void assertAreAsAlone(
      List<List<Step>> together, LoadedModel model, KvFill fill, List<int[]> prompts, int every) {
    DeviceOptions options = LockstepDecoder.options(model.spec(), fill, 1, 1);
    try (DeviceModel device = backend().open(model, options)) {
      for (int i = 0; i < prompts.size(); i += every) {
        assertThat(together.get(i))
            .as("sequence %d", i)
            .isEqualTo(SoloDecoder.decode(device, model, options, prompts.get(i), some(TOKENS)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 61, 256})
  void promptChunksChangeNothing(int chunk) {
    LoadedModel model = TinyModel.random(5, DType.F32);
    List<int[]> prompts = List.of(TinyModel.prompt(11, 270));
    assertThat(decode(model, KvFill.MAP, prompts, chunk, 1, 1))
        .isEqualTo(decode(model, KvFill.MAP, prompts, 16, 1, 1));
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void workerThreadsChangeNothing(KvFill fill) {
    LoadedModel model = TinyModel.random(6, DType.BF16);
    List<int[]> prompts = prompts(some(7));
    List<List<Step>> alone = decode(model, fill, prompts, 16, 1, 1);
    assertThat(decode(model, fill, prompts, 16, 2, 1)).isEqualTo(alone);
    assertThat(decode(model, fill, prompts, 16, 4, 1)).isEqualTo(alone);
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void rampsThatAreOffChangeNoBit(KvFill fill) { // E10
    LoadedModel model = TinyModel.random(15, DType.BF16);
    ModelSpec spec = model.spec();
    List<RampSpec> off =
        spec.ramps().stream()
            .map(ramp -> new RampSpec(ramp.depth(), ramp.metric(), RampSpec.OFF))
            .toList();
    LoadedModel uncut = model.withSpec(spec.withRamps(List.of()));
    List<int[]> prompts = prompts(some(5));
    List<List<Step>> fullDepth = decode(uncut, KvFill.MAP, prompts, 16, 1, 1);
    assertThat(decode(model.withSpec(spec.withRamps(off)), fill, prompts, 16, 1, 1))
        .isEqualTo(fullDepth);
  }

  /** Also with a penalty, so that a row's own history is read. */
  @ParameterizedTest
  @ValueSource(floats = {1, 1.3f})
  void aSampledRowDoesNotDependOnItsNeighbours(float penalty) {
    Sampling sampling = new Sampling(1.2f, 40, .95f, .01f, penalty);
    LoadedModel model = TinyModel.random(4, DType.BF16);
    List<int[]> prompts = prompts(some(7));
    List<List<Step>> together = decode(model, sampling, prompts, 61, 3);
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, 1, 1);
    try (DeviceModel device = backend().open(model, options)) {
      for (int i = 0; i < prompts.size(); i++) {
        LockstepDecoder alone =
            new LockstepDecoder(device, model.spec(), options, 5).withSampling(sampling);
        assertThat(decode(alone, prompts.subList(i, i + 1), 16))
            .as("sequence %d", i)
            .containsExactly(together.get(i));
      }
    }
    assertThat(together).isNotEqualTo(decode(model, Sampling.GREEDY, prompts, 61, 3));
    Sampling likeliest = new Sampling(1.2f, 1, 1, 0, 1);
    assertThat(decode(model, likeliest, prompts, 61, 3))
        .isEqualTo(decode(model, Sampling.GREEDY, prompts, 61, 3));
  }

  @Test
  void decodeRowsMayRideWithPromptRows() {
    LoadedModel model = TinyModel.random(9, DType.BF16);
    List<int[]> prompts = prompts(some(5));
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, prompts.size(), 1);
    try (DeviceModel device = backend().open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 3);
      for (int[] prompt : prompts) {
        decoder.stepBesides(List.of(prompt));
      }
      for (int i = 0; i < prompts.size(); i++) {
        List<Step> steps = decoder.steps(i);
        assertThat(steps)
            .isEqualTo(
                SoloDecoder.decode(backend(), model, KvFill.MAP, prompts.get(i), steps.size()));
      }
    }
  }

  private List<List<Step>> decode(
      LoadedModel model, Sampling sampling, List<int[]> prompts, int chunk, int threads) {
    DeviceOptions options =
        LockstepDecoder.options(model.spec(), KvFill.MAP, prompts.size(), threads);
    try (DeviceModel device = backend().open(model, options)) {
      LockstepDecoder decoder =
          new LockstepDecoder(device, model.spec(), options, 5).withSampling(sampling);
      return decode(decoder, prompts, chunk);
    }
  }
}
