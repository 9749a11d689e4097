package io.drex.engine;

import io.drex.device.FloatModel;
import io.drex.device.KvFill;
import io.drex.golden.GoldenCase;
import io.drex.golden.GoldenRamps;
import io.drex.golden.ModelGolden;
import io.drex.model.BundledModel;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The bundled model through the whole engine, all prompts in flight at once, against what a forward
 * pass in double precision computed one by one.
 */
@Timeout(240)
class EngineGoldenTest {
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults()
          .withDevice("cpu")
          .withSlots(10)
          .withMaxPrefillTokens(100)
          .withMeasureMillis(0);

  private static LoadedModel model;
  private static List<GoldenCase> cases;

  @BeforeAll
  static void read(@TempDir Path folder) throws IOException {
    model = FloatModel.of(ModelLoader.load(BundledModel.extract("bundled:", folder)));
    cases = ModelGolden.read(model).cases();
  }

  @Test
  void fullDepthGivesTheGoldenTexts() throws InterruptedException {
    assertGolden(model, OPTIONS.withPolicy("full_depth"), GoldenRamps.OFF);
  }

  @ParameterizedTest
  @CsvSource({"SHIPPED, MAP", "SHIPPED, COPY", "LOOSE, MAP", "EVERY_LAYER, MAP"})
  void rebatchGivesTheGoldenTextsAndExits(GoldenRamps ramps, KvFill kvFill)
      throws InterruptedException {
    LoadedModel ramped = model.withSpec(ramps.of(model.spec()));
    assertGolden(ramped, OPTIONS.withKvFill(kvFill), ramps);
  }

  private static void assertGolden(LoadedModel model, EngineOptions options, GoldenRamps ramps)
      throws InterruptedException {
    List<int[]> prompts = cases.stream().map(GoldenCase::prompt).toList();
    Map<Long, Completion> all = Batch.run(model, options, prompts);
    Batch.assertGolden(
        model, all, cases.stream().map(article -> article.completion(ramps)).toList());
  }
}
