package io.drex.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.LockstepDecoder.Step;
import io.drex.model.ConfidenceMetric;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every backend promises; a backend's test inherits it, or {@link SameBytesContractTest} where
 * a row's bits are its own.
 */
public abstract class DeviceModelContractTest {
  static final int TOKENS = 12;

  /** The backend under test. */
  protected abstract DeviceBackend backend();

  /** The model with the weights that the backend keeps of it, for exact arithmetic. */
  protected LoadedModel held(LoadedModel model) {
    return model;
  }

  /** How far confidences may be from exact arithmetic. */
  protected float tolerance() {
    return 1e-4f;
  }

  /**
   * The same where K and V are rounded to bf16: a value near the middle between two goes to either,
   * which moves it by 2⁻⁸, and then others.
   */
  protected float roundedTolerance() {
    return Math.max(1e-2f, tolerance());
  }

  /**
   * How many of so many sequences, tokens or seeds a test runs; fewer where the backend is too slow
   * for all of them.
   */
  protected int some(int count) {
    return count;
  }

  /** What the backend rounds; it is rounded in the exact arithmetic, too. */
  protected ReferenceDecoder.Rounding rounding() {
    return ReferenceDecoder.Rounding.KV;
  }

  private ReferenceDecoder reference(LoadedModel model, KvFill fill) {
    return new ReferenceDecoder(held(model), fill, rounding(), model.kvType());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void agreesWithExactArithmetic(DType dtype) {
    assertAgreesWithExactArithmetic(TinyModel.random(1, dtype), KvFill.MAP);
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void agreesWithExactArithmeticHoweverSkippedLayersAreFilled(KvFill fill) {
    for (long seed = 11; seed < 11 + some(4); seed++) {
      assertAgreesWithExactArithmetic(TinyModel.random(seed, DType.F32), fill);
    }
  }

  @Test
  void readsAHeadOfItsOwn() {
    assertAgreesWithExactArithmetic(TinyModel.untied(2, DType.BF16), KvFill.MAP);
  }

  @Test
  void runsAModelWithoutRamps() {
    LoadedModel model = TinyModel.random(3, DType.F32);
    assertAgreesWithExactArithmetic(model.withSpec(model.spec().withRamps(List.of())), KvFill.MAP);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void readsHeadsThatRampsHaveToThemselves(DType dtype) {
    LoadedModel model = TinyModel.withOwnHeads(12, dtype);
    assertAgreesWithExactArithmetic(model, KvFill.MAP);
    List<Step> steps = SoloDecoder.decode(backend(), model, KvFill.MAP, TinyModel.prompt(7, 9), 40);
    assertThat(steps).extracting(Step::depth).contains(1, 2, 3, 5, 6);
  }

  @ParameterizedTest
  @EnumSource(ModelFamily.class)
  void everyFamilyAgreesWithExactArithmeticHoweverSkippedLayersAreFilled(ModelFamily family) {
    for (KvFill fill : KvFill.values()) {
      assertAgreesWithExactArithmetic(TinyModel.ofFamily(family, 16), fill);
    }
  }

  @ParameterizedTest
  @EnumSource(ConfidenceMetric.class)
  void reportsTheMetricOfTheRamp(ConfidenceMetric metric) {
    LoadedModel model = withMetric(metric);
    assertAgreesWithExactArithmetic(model, KvFill.MAP);
    List<Step> steps = SoloDecoder.decode(backend(), model, KvFill.MAP, TinyModel.prompt(7, 9), 40);
    assertThat(steps).extracting(Step::depth).contains(2, 6);
  }

  /** Thresholds that some rows pass and some do not. */
  static LoadedModel withMetric(ConfidenceMetric metric) {
    float threshold =
        switch (metric) {
          case MARGIN -> .3f;
          case MAX_PROB -> .5f;
          case ENTROPY -> .6f;
          case LOGIT_MARGIN -> 1;
          case HIDDEN_COSINE -> .5f;
        };
    LoadedModel model = TinyModel.random(1, DType.BF16);
    List<RampSpec> ramps =
        model.spec().ramps().stream()
            .map(ramp -> new RampSpec(ramp.depth(), metric, threshold))
            .toList();
    return model.withSpec(model.spec().withRamps(ramps));
  }

  /** Also covers exits: deeper layers must see K and V as the method fills them. */
  private void assertAgreesWithExactArithmetic(LoadedModel model, KvFill fill) {
    assertAgreesWithExactArithmetic(FloatModel.of(model), fill, tolerance());
    if (model.kvType() == DType.BF16) {
      assertAgreesWithExactArithmetic(model, fill, roundedTolerance());
    }
  }

  private void assertAgreesWithExactArithmetic(LoadedModel model, KvFill fill, double tolerance) {
    int[] prompt = TinyModel.prompt(7, 9);
    List<Step> steps = SoloDecoder.decode(backend(), model, fill, prompt, some(40));
    ReferenceDecoder reference = reference(model, fill);
    for (int token : prompt) {
      reference.accept(token);
      reference.runTo(model.spec().layers());
    }
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      int entry = entry(model.spec(), step.depth());
      if (i > 0) {
        reference.accept(steps.get(i - 1).token());
      }
      double[] before = i == 0 ? stateAt(model, prompt, entry) : stateAt(reference, entry);
      reference.runTo(step.depth());
      double[] probability = reference.logits();
      ConfidenceMetric metric = metric(model.spec(), step.depth());
      double expected = ReferenceMetric.confidence(metric, probability, before, reference.hidden());
      assertThat((double) step.confidence())
          .as("step %d", i)
          .isCloseTo(expected, within(tolerance * Math.max(1, Math.abs(expected))));
      ReferenceDecoder.softmax(probability);
      double best = Arrays.stream(probability).max().orElseThrow();
      assertThat(probability[step.token()]).as("step %d", i).isGreaterThan(best - tolerance);
    }
  }

  /** The depth at which the segment that ends at this depth begins. */
  private static int entry(ModelSpec spec, int depth) {
    int entry = 0;
    for (RampSpec ramp : spec.ramps()) {
      entry = ramp.depth() < depth ? ramp.depth() : entry;
    }
    return entry;
  }

  private static double[] stateAt(ReferenceDecoder decoder, int depth) {
    decoder.runTo(depth);
    return decoder.hidden();
  }

  /** The state of a prompt's last position, all positions before it at full depth. */
  private double[] stateAt(LoadedModel model, int[] prompt, int depth) {
    ReferenceDecoder decoder = reference(model, KvFill.MAP);
    for (int i = 0; i < prompt.length; i++) {
      decoder.accept(prompt[i]);
      decoder.runTo(i + 1 == prompt.length ? depth : model.spec().layers());
    }
    return decoder.hidden();
  }

  private static ConfidenceMetric metric(ModelSpec spec, int depth) {
    ConfidenceMetric metric = ConfidenceMetric.MARGIN;
    for (RampSpec ramp : spec.ramps()) {
      metric = ramp.metric();
      if (ramp.depth() == depth) {
        break;
      }
    }
    return metric;
  }

  @Test
  void theTinyModelLeavesAtEveryRamp() {
    LoadedModel model = TinyModel.random(1, DType.BF16);
    List<Step> steps = SoloDecoder.decode(backend(), model, KvFill.MAP, TinyModel.prompt(7, 9), 40);
    assertThat(steps).extracting(Step::depth).contains(2, 4, 6);
  }

  @Test
  void tellsTheProbabilityOfTheChosenToken() {
    LoadedModel model = TinyModel.random(1, DType.F32);
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, 1, 1);
    int[] prompt = TinyModel.prompt(7, 9);
    try (DeviceModel device = backend().open(model, options)) {
      LockstepDecoder decoder =
          new LockstepDecoder(device, model.spec(), options, 1)
              .withSampling(new Sampling(2, 0, 1, 0, 1.5f));
      decoder.prefill(List.of(prompt), 16);
      for (int i = 1; i < some(TOKENS); i++) {
        decoder.step();
      }
      ReferenceDecoder reference = reference(model, KvFill.MAP);
      for (int token : prompt) {
        reference.accept(token);
        reference.runTo(model.spec().layers());
      }
      for (int i = 0; i < some(TOKENS); i++) {
        Step step = decoder.steps(0).get(i);
        if (i > 0) {
          reference.accept(decoder.steps(0).get(i - 1).token());
          reference.runTo(step.depth());
        }
        double[] probability = reference.logits();
        ReferenceDecoder.softmax(probability);
        assertThat(Math.exp(decoder.logProbs(0).get(i)))
            .as("step %d", i)
            .isCloseTo(probability[step.token()], within((double) tolerance()));
      }
    }
  }

  @Test
  void mapEqualsCopy() {
    LoadedModel model = TinyModel.random(8, DType.BF16);
    List<int[]> prompts = prompts(some(7));
    List<List<Step>> map = decode(model, KvFill.MAP, prompts, 16, 1, 1);
    assertThat(map).isEqualTo(decode(model, KvFill.COPY, prompts, 16, 1, 2));
    assertThat(map.stream().flatMap(List::stream).filter(step -> step.depth() < TinyModel.LAYERS))
        .isNotEmpty();
  }

  @Test
  void reportsLogitsThatAreNotFiniteForTheirRowOnly() {
    LoadedModel sound = TinyModel.untied(10, DType.BF16);
    LoadedModel model = TinyModel.withEmbedding(sound, 5, Float.POSITIVE_INFINITY);
    List<int[]> prompts = List.of(new int[] {1, 2}, new int[] {1, 5}, new int[] {3});
    List<Step> steps = firstSteps(model, prompts);
    List<Step> ofSound = firstSteps(sound, prompts);
    assertThat(steps.get(1)).isEqualTo(new Step(HeadReadings.NOT_FINITE, TinyModel.LAYERS, 0));
    assertThat(steps.get(0)).isEqualTo(ofSound.get(0));
    assertThat(steps.get(2)).isEqualTo(ofSound.get(2));
  }

  private List<Step> firstSteps(LoadedModel model, List<int[]> prompts) {
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, prompts.size(), 1);
    try (DeviceModel device = backend().open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 3);
      decoder.prefill(prompts, 16);
      return IntStream.range(0, prompts.size()).mapToObj(i -> decoder.steps(i).get(0)).toList();
    }
  }

  @Test
  void writesReadingsOfHeadRowsOnly() {
    LoadedModel model = TinyModel.random(1, DType.BF16);
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, 1, 1);
    try (DeviceModel device = backend().open(model, options)) {
      RowBatch rows = new RowBatch(4, new int[1][3][TinyModel.MAX_POSITIONS]);
      HeadReadings out = new HeadReadings(4);
      Arrays.fill(out.token, -77);
      device.runSegment(0, rows, out);
      assertThat(out.token).containsOnly(-77);
      rows.rows = 3;
      for (int row = 0; row < 3; row++) {
        rows.token[row] = 10 + row;
        rows.position[row] = row;
        rows.slot[row] = row;
        rows.kvTable[0][0][row] = row;
      }
      device.runSegment(0, rows, out);
      assertThat(out.token).containsOnly(-77);
      rows.heads = 1;
      rows.headRow[0] = 1;
      device.runSegment(0, rows, out);
      assertThat(out.token[0]).isBetween(0, TinyModel.VOCAB - 1);
      assertThat(Arrays.copyOfRange(out.token, 1, 4)).containsOnly(-77);
    }
  }

  @Test
  void countsTheMemoryItHolds() {
    LoadedModel model = TinyModel.random(1, DType.F32);
    ModelSpec spec = model.spec();
    DeviceOptions options = LockstepDecoder.options(spec, KvFill.MAP, 2, 1);
    long weights = backend().weights(model).bytes();
    long cellElements = 2L * spec.layers() * options.cache().cells(0) * spec.kvWidth();
    try (DeviceModel device = backend().open(model, options)) {
      assertThat(weights).isPositive();
      assertThat(device.memoryBytes()).isGreaterThan(weights + 2 * cellElements);
    }
  }

  @Test
  void holdsWeightsOnceThatLayersShare() {
    LoadedModel model = TinyModel.random(1, DType.BF16);
    LoadedModel shared = RepeatedLayers.shared(model, 2);
    LoadedModel copied = RepeatedLayers.copied(model, 2);
    long saved = backend().weights(copied).bytes() - backend().weights(shared).bytes();
    assertThat(saved).isGreaterThan(backend().weights(model).bytes() / 2);
    assertThat(memoryBytes(copied) - memoryBytes(shared)).isGreaterThanOrEqualTo(saved);
    List<int[]> prompts = prompts(2);
    assertThat(decode(shared, KvFill.MAP, prompts, 16, 1, 5))
        .isEqualTo(decode(copied, KvFill.MAP, prompts, 16, 1, 5))
        .isNotEqualTo(decode(model, KvFill.MAP, prompts, 16, 1, 5));
  }

  private long memoryBytes(LoadedModel model) {
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, 1, 1);
    try (DeviceModel device = backend().open(model, options)) {
      return device.memoryBytes();
    }
  }

  static List<int[]> prompts(int count) {
    return IntStream.range(0, count).mapToObj(i -> TinyModel.prompt(i, 1 + i * 5 % 23)).toList();
  }

  List<List<Step>> decode(
      LoadedModel model, KvFill fill, List<int[]> prompts, int chunk, int threads, long cellSeed) {
    DeviceOptions options = LockstepDecoder.options(model.spec(), fill, prompts.size(), threads);
    try (DeviceModel device = backend().open(model, options)) {
      return decode(new LockstepDecoder(device, model.spec(), options, cellSeed), prompts, chunk);
    }
  }

  List<List<Step>> decode(LockstepDecoder decoder, List<int[]> prompts, int chunk) {
    decoder.prefill(prompts, chunk);
    for (int i = 1; i < some(TOKENS); i++) {
      decoder.step();
    }
    List<List<Step>> all = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      all.add(decoder.steps(i));
    }
    return all;
  }
}
