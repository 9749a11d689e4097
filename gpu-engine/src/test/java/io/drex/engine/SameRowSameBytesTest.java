package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.KvFill;
import io.drex.device.PrefixSharing;
import io.drex.device.Sampling;
import io.drex.golden.GoldenCase;
import io.drex.golden.ModelGolden;
import io.drex.model.BundledModel;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A row's tokens, depths and confidences do not depend on batch, neighbours, order, threads or
 * chunks, sampled or not (E14): the bundled model on the CPU, compared to one sequence at a time
 * (E11).
 */
@Timeout(240)
class SameRowSameBytesTest {
  private static final EngineOptions ONE_AT_A_TIME =
      EngineOptions.defaults().withDevice("cpu").withSlots(1).withMeasureMillis(0);
  private static final int ROWS = 24;
  private static final int ARTICLES = 8;

  private static LoadedModel model;
  private static List<GoldenCase> articles;
  private static Map<Long, Completion> reference;

  @BeforeAll
  static void completeOneAtATime(@TempDir Path folder) throws InterruptedException, IOException {
    model = ModelLoader.load(BundledModel.extract("bundled:", folder));
    articles = ModelGolden.read(model).cases().subList(0, ARTICLES);
    reference = run(ONE_AT_A_TIME, requests());
    assertThat(reference.values())
        .as("some tokens leave early")
        .anyMatch(completion -> completion.exits().exitsByRamp()[0] > 0);
    int fullDepth = model.spec().layers();
    assertThat(reference.values())
        .as("some decoded tokens do not")
        .anyMatch(c -> c.depths().length > 1 && c.depths()[1] == fullDepth);
  }

  @Test
  void whateverTheSlotsAndTheThreads() throws InterruptedException {
    assertSame(ONE_AT_A_TIME.withSlots(7).withThreads(2));
    assertSame(ONE_AT_A_TIME.withSlots(64).withThreads(4));
  }

  @Test
  void whateverThePromptChunks() throws InterruptedException {
    for (int chunk : new int[] {1, 16, 61}) {
      assertSame(ONE_AT_A_TIME.withSlots(7).withMaxPrefillTokens(chunk));
    }
  }

  @Test
  void whateverTheFlushes() throws InterruptedException {
    assertSame(ONE_AT_A_TIME.withSlots(8).withMeasureMillis(500)); // planned from the start
    assertSame(ONE_AT_A_TIME.withSlots(8).withFlushRows(1));
    assertSame(
        ONE_AT_A_TIME
            .withSlots(8)
            .withFlushRows(8)
            .withMaxBufferAgeSteps(3)
            .withBufferAgeFactor(.1));
  }

  @Test
  void whetherSkippedLayersAreMappedOrCopied() throws InterruptedException {
    assertSame(ONE_AT_A_TIME.withSlots(8).withKvFill(KvFill.COPY));
  }

  @Test
  void whetherPrefixesAreSharedOrNot() throws InterruptedException {
    List<Request> requests = requests();
    int[] first = requests.get(0).promptTokens();
    for (int cut = first.length / 2; cut < first.length; cut += 9) { // the same beginning
      int[] prompt = Arrays.copyOf(first, first.length);
      prompt[cut] = 3;
      requests.add(new Request(1_000 + cut, prompt, new SamplingParams(20)));
    }
    EngineOptions off = ONE_AT_A_TIME.withPrefixSharing(PrefixSharing.OFF);
    Map<Long, Completion> expected = run(off, requests);
    for (EngineOptions on : List.of(ONE_AT_A_TIME, ONE_AT_A_TIME.withSlots(8))) {
      List<EngineSnapshot> end = new ArrayList<>();
      assertSame(run(model, on, requests, end::add), expected, "with shared prefixes");
      assertThat(end.get(0).sharedPromptRows()).isGreaterThan(100);
    }
  }

  @Test
  void whateverIsPreemptedAndRunAgain() throws InterruptedException { // E6
    Random random = new Random(11);
    List<Request> longOnes = new ArrayList<>();
    for (int id = 0; id < 8; id++) {
      int[] prompt = random.ints(8, 3, model.spec().vocabSize()).toArray();
      longOnes.add(new Request(id, prompt, params(id, 64)));
    }
    EngineOptions alone = ONE_AT_A_TIME.withMaxSequenceTokens(72);
    LoadedModel endless =
        new LoadedModel(model.spec(), Set.of(), model.contentHash(), model.tensors());
    List<EngineOptions> settings = new ArrayList<>(List.of(alone.withPolicy("full_depth")));
    for (KvFill kvFill : KvFill.values()) {
      settings.add(alone.withKvFill(kvFill));
    }
    for (EngineOptions setting : settings) {
      EngineOptions tight = setting.withSlots(8).withKvTokens(2 * 72).withExpectedNewTokens(1);
      List<EngineSnapshot> end = new ArrayList<>();
      Map<Long, Completion> expected = run(endless, setting, longOnes, snapshot -> {});
      Map<Long, Completion> actual = run(endless, tight, longOnes, end::add);
      assertSame(actual, expected, "pre-empted, with " + tight);
      assertThat(end.get(0).preemptions()).isGreaterThan(2);
      assertThat(end.get(0).replayedRows()).isGreaterThan(end.get(0).preemptions());
    }
  }

  @Test
  void whateverTheOrder() throws InterruptedException {
    List<Request> shuffled = requests();
    Collections.shuffle(shuffled, new Random(3));
    assertSame(run(ONE_AT_A_TIME.withSlots(8), shuffled), "shuffled");
  }

  @Test
  void whateverTheUrgency() throws InterruptedException {
    List<Request> urgent = new ArrayList<>();
    for (Request usual : requests()) {
      long id = usual.id();
      Urgency urgency = new Urgency((int) id % 3, id % 2 == 0 ? 0 : 1 + id * id);
      urgent.add(new Request(id, usual.promptTokens(), usual.sampling(), urgency));
    }
    EngineOptions options = ONE_AT_A_TIME.withSlots(8).withFlushRows(8);
    assertSame(run(options, urgent), "with priorities and deadlines");
  }

  @Test
  void whicheverKernels() throws InterruptedException {
    assertSame(ONE_AT_A_TIME.withSlots(8).withDevice("cpu:scalar"));
  }

  private static void assertSame(EngineOptions options) throws InterruptedException {
    assertSame(run(options, requests()), options.toString());
  }

  private static void assertSame(Map<Long, Completion> actual, String how) {
    assertSame(actual, reference, how);
  }

  private static void assertSame(
      Map<Long, Completion> actual, Map<Long, Completion> reference, String how) {
    reference.forEach(
        (id, expected) -> {
          Completion other = Objects.requireNonNull(actual.get(id));
          assertThat(other.tokens())
              .as("tokens of row %d, %s", id, how)
              .isEqualTo(expected.tokens());
          assertThat(other.depths())
              .as("depths of row %d, %s", id, how)
              .isEqualTo(expected.depths());
          assertThat(Arrays.equals(other.confidences(), expected.confidences()))
              .as("confidence bits of row %d, %s", id, how)
              .isTrue();
          assertThat(Arrays.equals(other.logProbs(), expected.logProbs()))
              .as("log-probability bits of row %d, %s", id, how)
              .isTrue();
        });
  }

  private static Map<Long, Completion> run(EngineOptions options, List<Request> requests)
      throws InterruptedException {
    return run(model, options, requests, snapshot -> {});
  }

  private static Map<Long, Completion> run(
      LoadedModel model,
      EngineOptions options,
      List<Request> requests,
      Consumer<EngineSnapshot> atTheEnd)
      throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(model, options);
        EngineSession session = engine.openSession("test")) {
      for (Request request : requests) {
        assertThat(session.submit(request, 60_000)).isTrue();
      }
      Map<Long, Completion> completions = Replies.all(session);
      atTheEnd.accept(engine.snapshot());
      return completions;
    }
  }

  /** Greedy, sampled, penalised, and with thresholds of their own. */
  private static SamplingParams params(int id, int maxNewTokens) {
    SamplingParams greedy = new SamplingParams(maxNewTokens);
    return switch (id % 4) {
      case 1 -> greedy.withSampling(new Sampling(.9f, 50, .95f, 0, 1), id);
      case 2 -> greedy.withSampling(new Sampling(.7f, 0, 1, .02f, 1.2f), id).withExitThreshold(.6f);
      case 3 -> greedy.withExitThreshold(.99f);
      default -> greedy;
    };
  }

  /** Articles, and prompts of random tokens, which get all kinds of confidence. */
  private static List<Request> requests() {
    Random random = new Random(7);
    List<Request> requests = new ArrayList<>();
    for (int id = 0; id < ROWS; id++) {
      int[] prompt =
          id < ARTICLES
              ? articles.get(id).prompt()
              : random.ints(1 + random.nextInt(70), 3, model.spec().vocabSize()).toArray();
      requests.add(new Request(id, prompt, params(id, 1 + random.nextInt(24))));
    }
    return requests;
  }
}
