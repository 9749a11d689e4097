package io.drex.demo.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.demo.corpus.ArticleGenerator;
import io.drex.device.FloatModel;
import io.drex.golden.GoldenCase;
import io.drex.golden.GoldenReference;
import io.drex.golden.ModelGolden;
import io.drex.model.BundledModel;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.PromptTemplate;
import io.drex.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps the golden true to model and corpus; {@code -Dgolden.update=true} computes it anew. */
class ModelGoldenTest {
  private static final int CASES = 40;

  /** Few, as double precision is slow. */
  private static final int COMPUTED_AGAIN = 2;

  private static final ArticleGenerator CORPUS = new ArticleGenerator(0);

  private static LoadedModel model;
  private static Tokenizer tokenizer;
  private static PromptTemplate template;
  private static GoldenReference reference;
  private static List<GoldenCase> cases;

  @BeforeAll
  static void read(@TempDir Path dir) throws Exception {
    Path folder = BundledModel.extract("bundled:", dir);
    model = ModelLoader.load(folder);
    tokenizer = Tokenizer.open(folder);
    template = PromptTemplate.parse(Files.readString(folder.resolve("prompt-template.txt")));
    // In exact arithmetic, K and V included, which the kernels round where the weights are bf16.
    reference = new GoldenReference(FloatModel.of(model));
    if (Boolean.getBoolean("golden.update")) {
      computeAll().write();
    }
    cases = ModelGolden.read(model).cases();
  }

  @Test
  void theGoldenIsWhatTheReferenceComputes() throws Exception {
    assertThat(cases).hasSize(CASES);
    for (GoldenCase golden : cases.subList(0, COMPUTED_AGAIN)) {
      assertThat(compute(golden.index())).usingRecursiveComparison().isEqualTo(Optional.of(golden));
    }
  }

  @Test
  void itsArticlesAreTheCorpus() {
    for (GoldenCase golden : cases) {
      assertThat(golden.index()).isGreaterThanOrEqualTo(ArticleGenerator.TEST_FIRST);
      assertThat(golden.article()).isEqualTo(CORPUS.article(golden.index()).article());
    }
  }

  private static ModelGolden computeAll() throws BadPromptException {
    List<GoldenCase> computed = new ArrayList<>();
    int leftOut = 0;
    for (long index = ArticleGenerator.TEST_FIRST; computed.size() < CASES; index++) {
      Optional<GoldenCase> next = compute(index);
      next.ifPresent(computed::add);
      leftOut += next.isEmpty() ? 1 : 0;
    }
    return new ModelGolden("demo-news", model.contentHash(), leftOut, computed);
  }

  private static Optional<GoldenCase> compute(long index) throws BadPromptException {
    String article = CORPUS.article(index).article();
    int[] prompt = tokenizer.encode(template.render(column -> article));
    return reference.compute(index, article, prompt);
  }
}
