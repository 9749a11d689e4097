package io.drex.job;

import io.drex.demo.corpus.ArticleGenerator;
import io.drex.engine.Completion;
import io.drex.engine.DrexEngine;
import io.drex.engine.EngineOptions;
import io.drex.engine.EngineSession;
import io.drex.engine.Request;
import io.drex.engine.SamplingParams;
import io.drex.job.run.DriverModel;
import io.drex.model.LoadedModel;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.PromptTemplate;
import io.drex.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** The bundled model, and prompts of its corpus. */
public record TestSample(LoadedModel model, Tokenizer tokenizer, PromptTemplate template) {
  /** How tests run it. */
  public static final EngineOptions OPTIONS =
      EngineOptions.defaults().withDevice("cpu:scalar").withSlots(8).withMaxSequenceTokens(256);

  /** Opens the bundled model with its own ramps. */
  public static TestSample bundled() {
    DriverModel model =
        DriverModel.load(
            DrexConfig.of(Map.of(ConfigKeys.MODEL.sparkKey(), "bundled:")), new Configuration());
    return new TestSample(
        model.loaded(),
        Tokenizer.open(model.folder()),
        PromptTemplate.parse(model.template().orElseThrow()));
  }

  /** Prompts of unseen articles. */
  public List<int[]> prompts(int count) {
    ArticleGenerator articles = new ArticleGenerator(0);
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String article = articles.article(ArticleGenerator.TEST_FIRST + i).article();
      try {
        prompts.add(tokenizer.encode(template.render(column -> article), 240));
      } catch (BadPromptException e) {
        throw new AssertionError(e);
      }
    }
    return prompts;
  }

  /** What the engine makes of a prompt without exits. */
  public int[] fullDepth(int[] prompt, int newTokens) {
    try (DrexEngine engine = DrexEngine.open(model, OPTIONS.withPolicy("full_depth"));
        EngineSession session = engine.openSession("test")) {
      if (!session.submit(new Request(0, prompt, new SamplingParams(newTokens)), 10_000)) {
        throw new AssertionError("no room for one request");
      }
      Completion completion = session.poll(60_000);
      if (completion == null) {
        throw new AssertionError("no completion within a minute");
      }
      return completion.tokens();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
