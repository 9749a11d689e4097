package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.DeviceBackend;
import io.drex.device.DeviceLostException;
import io.drex.device.KvFill;
import io.drex.device.ReferenceDecoder;
import io.drex.device.ReferenceDecoder.Rounding;
import io.drex.device.TinyModel;
import io.drex.device.cuda.CudaBackend;
import io.drex.device.cuda.Emulation;
import io.drex.golden.GoldenCase;
import io.drex.golden.ModelGolden;
import io.drex.model.BundledModel;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The engine on the emulated GPU: the bundled model, and what becomes of rows when it fails. */
@Tag("own-jvm")
@Timeout(240)
class EmulatedGpuTest {
  private static final int ARTICLES = 3;
  private static final double TOLERANCE = 3e-2;
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults().withDevice("cuda").withMaxSequenceTokens(100).withMeasureMillis(1);

  private static Emulation emulation;
  private final DeviceBackend backend = new CudaBackend();

  @BeforeAll
  static void load() {
    emulation = Emulation.load();
  }

  @AfterEach
  void everythingWasGivenBack() {
    emulation.reset();
    assertThat(emulation.allocatedBytes()).isZero();
  }

  /** Step by step against double precision with the same values rounded to bf16. */
  @Test
  void completesArticlesAsTheBundledModelDoes(@TempDir Path folder)
      throws IOException, InterruptedException {
    LoadedModel model = ModelLoader.load(BundledModel.extract("bundled:", folder));
    List<int[]> prompts =
        ModelGolden.read(model).cases().stream().limit(ARTICLES).map(GoldenCase::prompt).toList();
    EngineOptions options =
        EngineOptions.defaults()
            .withDevice("cuda")
            .withSlots(ARTICLES)
            .withMaxPrefillTokens(128)
            .withMaxSequenceTokens(512)
            .withMeasureMillis(1);
    Map<Long, Completion> all = complete(model, options, prompts, 24);
    for (int id = 0; id < prompts.size(); id++) {
      Completion completion = Objects.requireNonNull(all.get((long) id));
      assertThat(completion.error()).isNull();
      assertAgrees(model, prompts.get(id), completion);
    }
    assertThat(all.values().stream().flatMapToInt(EmulatedGpuTest::depths).distinct().count())
        .as("depths at which tokens left")
        .isGreaterThan(1);
  }

  private static IntStream depths(Completion completion) {
    return IntStream.range(0, completion.tokens().length).map(i -> completion.depths()[i]);
  }

  private static void assertAgrees(LoadedModel model, int[] prompt, Completion completion) {
    ReferenceDecoder reference = new ReferenceDecoder(model, KvFill.MAP, Rounding.LINEAR);
    for (int token : prompt) {
      reference.accept(token);
      reference.runTo(model.spec().layers());
    }
    for (int i = 0; i < completion.tokens().length; i++) {
      if (i > 0) {
        reference.accept(completion.tokens()[i - 1]);
        reference.runTo(completion.depths()[i]);
      }
      double[] probability = reference.logits();
      ReferenceDecoder.softmax(probability);
      double best = Arrays.stream(probability).max().orElseThrow();
      assertThat(probability[completion.tokens()[i]])
          .as("probability of token %d", i)
          .isGreaterThan(best - TOLERANCE);
      assertThat((double) completion.confidences()[i])
          .as("max_prob of token %d", i)
          .isCloseTo(best, within(TOLERANCE));
    }
  }

  @Test
  void aCallWithoutMemoryIsTriedAgainWithFewerRows() throws InterruptedException { // E2
    LoadedModel model = TinyModel.random(1, DType.BF16);
    List<int[]> prompts = prompts();
    Map<Long, Completion> undisturbed = complete(model, OPTIONS.withSlots(4), prompts, 6);
    try (DrexEngine engine = DrexEngine.open(model, OPTIONS.withSlots(4), backend);
        EngineSession session = engine.openSession("task")) {
      emulation.fail("cuLaunchKernel", 20, Emulation.OUT_OF_MEMORY);
      Map<Long, Completion> all = complete(session, prompts, 6);
      assertThat(engine.snapshot().outOfMemoryCalls()).isEqualTo(1);
      all.forEach(
          (id, completion) ->
              assertThat(completion.tokens())
                  .isEqualTo(Objects.requireNonNull(undisturbed.get(id)).tokens()));
    }
  }

  @Test
  void anErrorThatEndsTheContextLosesTheEngine() throws InterruptedException { // E3
    LoadedModel model = TinyModel.random(1, DType.BF16);
    try (DrexEngine engine = DrexEngine.open(model, OPTIONS.withSlots(2), backend);
        EngineSession session = engine.openSession("task")) {
      emulation.fail("cuStreamQuery", 3, Emulation.ILLEGAL_ADDRESS);
      assertThat(complete(session, prompts(), 6).values())
          .allSatisfy(completion -> assertThat(completion.error()).isNotNull());
      assertThat(engine.lost())
          .hasRootCauseInstanceOf(DeviceLostException.class)
          .hasRootCauseMessage(
              "CUDA cannot finish what was launched: CUDA_ERROR_ILLEGAL_ADDRESS (700)");
    }
    emulation.reset();
    assertThat(complete(model, OPTIONS.withSlots(2), prompts(), 2)).hasSize(4);
  }

  @Test
  void saysWhatTheMemoryWasAskedFor() {
    LoadedModel model = TinyModel.random(1, DType.BF16);
    emulation.fail("cuMemAlloc", 3, Emulation.OUT_OF_MEMORY);
    assertThatThrownBy(() -> DrexEngine.open(model, OPTIONS.withSlots(2), backend))
        .hasMessageMatching(
            "the device cannot be opened: the GPU lacks memory for the weights .*: 0 MiB asked, 0"
                + " MiB held by this model, \\d+ MiB free of \\d+ MiB; lower slots, kvTokens or"
                + " maxPrefillTokens");
  }

  private static List<int[]> prompts() {
    return IntStream.range(0, 4).mapToObj(i -> TinyModel.prompt(i, 5 + 3 * i)).toList();
  }

  private Map<Long, Completion> complete(
      LoadedModel model, EngineOptions options, List<int[]> prompts, int tokens)
      throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(model, options, backend);
        EngineSession session = engine.openSession("task")) {
      return complete(session, prompts, tokens);
    }
  }

  private static Map<Long, Completion> complete(
      EngineSession session, List<int[]> prompts, int tokens) throws InterruptedException {
    for (int id = 0; id < prompts.size(); id++) {
      session.submit(new Request(id, prompts.get(id), new SamplingParams(tokens)), 60_000);
    }
    return Replies.all(session);
  }
}
