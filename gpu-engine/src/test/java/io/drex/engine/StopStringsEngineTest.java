package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.Sampling;
import io.drex.golden.GoldenCase;
import io.drex.golden.ModelGolden;
import io.drex.model.BundledModel;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import io.drex.tokenizer.StopStrings;
import io.drex.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A completion with stop strings is the start of the one without them, and is not run further. */
@Timeout(240)
class StopStringsEngineTest {
  private static final int MOST_TOKENS = 24;
  private static final int ARTICLES = 6;

  @Test
  void rowsEndWhereTheirTextFirstContainsAString(@TempDir Path dir)
      throws InterruptedException, IOException {
    Path folder = BundledModel.extract("bundled:", dir);
    LoadedModel model = ModelLoader.load(folder);
    Tokenizer tokenizer = Tokenizer.open(folder);
    List<GoldenCase> articles = ModelGolden.read(model).cases().subList(0, ARTICLES);
    Map<Long, Completion> endless = run(model, requests(articles));
    Random random = new Random(9);
    List<Request> stopped = new ArrayList<>();
    List<StopStrings> stops = new ArrayList<>();
    for (Request request : requests(articles)) {
      String text = tokenizer.decode(completion(endless, request.id()).tokens());
      int from = random.nextInt(text.length() - 4);
      stops.add(tokenizer.stopStrings(List.of(text.substring(from, from + 4), "nowhere")));
      stopped.add(
          new Request(
              request.id(),
              request.promptTokens(),
              request.sampling().withStop(stops.get(stops.size() - 1))));
    }
    int saved = 0;
    for (Completion actual : run(model, stopped).values()) {
      Completion whole = completion(endless, actual.id());
      StopStrings stop = stops.get((int) actual.id());
      int count = actual.tokens().length;
      assertThat(actual.finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(actual.tokens()).isEqualTo(Arrays.copyOf(whole.tokens(), count));
      assertThat(actual.depths()).isEqualTo(Arrays.copyOf(whole.depths(), count));
      assertThat(actual.confidences()).isEqualTo(Arrays.copyOf(whole.confidences(), count));
      String text = tokenizer.decode(actual.tokens());
      assertThat(stop.cut(text))
          .isEqualTo(stop.cut(tokenizer.decode(whole.tokens())))
          .isNotEqualTo(text);
      String before = tokenizer.decode(Arrays.copyOf(whole.tokens(), count - 1));
      assertThat(stop.cut(before)).as("it ended no later than it must").isEqualTo(before);
      saved += whole.tokens().length - count;
    }
    assertThat(saved).as("tokens that were not generated").isGreaterThan(ARTICLES);
  }

  private static Completion completion(Map<Long, Completion> all, long id) {
    return Objects.requireNonNull(all.get(id));
  }

  private static Map<Long, Completion> run(LoadedModel model, List<Request> requests)
      throws InterruptedException {
    EngineOptions options =
        EngineOptions.defaults().withDevice("cpu").withSlots(8).withMeasureMillis(0);
    try (DrexEngine engine = DrexEngine.open(model, options);
        EngineSession session = engine.openSession("test")) {
      for (Request request : requests) {
        assertThat(session.submit(request, 60_000)).isTrue();
      }
      return Replies.all(session);
    }
  }

  /** Every other one sampled. */
  private static List<Request> requests(List<GoldenCase> articles) {
    List<Request> requests = new ArrayList<>();
    for (int id = 0; id < articles.size(); id++) {
      SamplingParams greedy = new SamplingParams(MOST_TOKENS);
      SamplingParams sampling =
          id % 2 == 0 ? greedy : greedy.withSampling(new Sampling(.8f, 0, .9f, 0, 1), id);
      requests.add(new Request(id, articles.get(id).prompt(), sampling));
    }
    return requests;
  }
}
