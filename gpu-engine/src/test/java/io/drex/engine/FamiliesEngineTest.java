package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.KvFill;
import io.drex.device.TinyModel;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.RampSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models of every family, and one whose ramps have heads of their own, through the whole engine:
 * the oracle is one sequence at a time.
 */
@Timeout(240)
class FamiliesEngineTest {
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults().withDevice("cpu").withMaxSequenceTokens(120).withMeasureMillis(0);
  private static final List<int[]> PROMPTS =
      IntStream.range(0, 24).mapToObj(i -> TinyModel.prompt(i, 1 + i * 7 % 50)).toList();

  static Stream<LoadedModel> models() {
    return Stream.concat(
        Stream.of(ModelFamily.values()).map(family -> TinyModel.ofFamily(family, 5)),
        Stream.of(TinyModel.withOwnHeads(5, DType.BF16)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void aRowsBytesDoNotDependOnTheSchedule(LoadedModel model) throws InterruptedException { // E11
    for (KvFill fill : List.of(KvFill.MAP, KvFill.PROPAGATE)) {
      EngineOptions options = OPTIONS.withKvFill(fill);
      Map<Long, Completion> alone = Batch.run(model, options.withSlots(1), PROMPTS);
      assertThat(depths(alone)).containsAll(rampDepths(model)).contains(model.spec().layers());
      for (EngineOptions other :
          List.of(
              options.withSlots(7).withMaxPrefillTokens(16).withFlushRows(3),
              options.withDevice("cpu:scalar").withSlots(20).withMaxPrefillTokens(61))) {
        Map<Long, Completion> together = Batch.run(model, other, PROMPTS);
        for (long id = 0; id < PROMPTS.size(); id++) {
          assertSame(completion(together, id), completion(alone, id));
        }
      }
    }
  }

  private static void assertSame(Completion actual, Completion expected) {
    assertThat(actual.tokens()).isEqualTo(expected.tokens());
    assertThat(actual.depths()).isEqualTo(expected.depths());
    assertThat(actual.confidences()).isEqualTo(expected.confidences());
  }

  private static Completion completion(Map<Long, Completion> all, long id) {
    return Objects.requireNonNull(all.get(id));
  }

  private static Set<Integer> depths(Map<Long, Completion> all) {
    Set<Integer> depths = new HashSet<>();
    for (Completion completion : all.values()) {
      for (short depth : completion.depths()) {
        depths.add((int) depth);
      }
    }
    return depths;
  }

  private static List<Integer> rampDepths(LoadedModel model) {
    return model.spec().ramps().stream().map(RampSpec::depth).toList();
  }
}
