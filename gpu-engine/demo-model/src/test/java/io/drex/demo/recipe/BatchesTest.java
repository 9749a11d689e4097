package io.drex.demo.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.demo.corpus.Article;
import io.drex.demo.corpus.ArticleGenerator;
import io.drex.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BatchesTest {
  @TempDir private static Path folder;
  private static SampleReader reader;

  @BeforeAll
  static void trainTokenizer() throws IOException {
    ShapeOptions options =
        CommandLine.populateCommand(new ShapeOptions(), "--tokenizer-articles=300", "--vocab=500");
    reader = SampleReader.train(folder, 0, options);
  }

  @Test
  void anInterruptedRunSeesTheSameBatches() {
    Recipe recipe = TestRecipe.recipe(reader.vocab());
    Batches whole = new Batches(recipe, reader, Batches.Position.START);
    int steps = 300;
    Batch last = whole.batch(1);
    Batches.Position before = Batches.Position.START;
    for (int step = 2; step <= steps; step++) {
      before = whole.position();
      last = whole.batch(step);
    }
    // Far enough to have left the first pool.
    assertThat(before.pool()).isPositive();
    assertThat(before.index()).isPositive();
    Batch resumed = new Batches(recipe, reader, before).batch(steps);
    assertThat(resumed).usingRecursiveComparison().isEqualTo(last);
  }

  @Test
  void batchesKeepToTheirTokensAndWasteLittleOnPadding() {
    Recipe recipe = TestRecipe.recipe(reader.vocab());
    Batches batches = new Batches(recipe, reader, Batches.Position.START);
    long tokens = 0;
    long padded = 0;
    for (int step = 1; step <= 100; step++) {
      Batch batch = batches.batch(step);
      assertThat(batch.ids().length).isLessThanOrEqualTo(recipe.batchTokens());
      tokens += batch.tokens();
      padded += batch.ids().length;
    }
    assertThat(tokens).isGreaterThan(padded * 95 / 100);
  }

  @Test
  void aSampleIsThePromptThenTheSummaryThenTheEnd() {
    Article article = new ArticleGenerator(0).article(5);
    Sample sample = reader.sample(5);
    Tokenizer tokenizer = Tokenizer.open(folder);
    int[] prompt = Arrays.copyOf(sample.ids(), sample.summaryStart());
    int[] summary = Arrays.copyOfRange(sample.ids(), sample.summaryStart(), sample.ids().length);
    assertThat(prompt[0]).isEqualTo(1);
    assertThat(tokenizer.decode(prompt)).isEqualTo(article.article() + "\nSummary:");
    assertThat(tokenizer.decode(summary)).isEqualTo(" " + article.summary());
    assertThat(summary[summary.length - 1]).isEqualTo(2);
    assertThat(Arrays.stream(summary).filter(id -> id == 1)).isEmpty();
  }

  @Test
  void aBatchHoldsOneSampleEvenIfThatIsTooLong() {
    Sample sample = new Sample(new int[50], 10);
    assertThat(Batches.cut(List.of(sample, sample), 20)).hasSize(2);
  }
}
