package io.drex.job.bench;

import io.drex.demo.corpus.Article;
import io.drex.demo.corpus.ArticleGenerator;
import io.drex.job.run.DriverModel;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.PromptTemplate;
import io.drex.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Articles of the bundled corpus that the bundled model has never met.
 *
 * @param prompts token ids. [article]
 * @param references the one-sentence summaries. [article]
 */
record BenchCorpus(List<int[]> prompts, List<String> references) {
  private static final String PLAIN_TEMPLATE = "{article}";

  BenchCorpus {
    prompts = List.copyOf(prompts);
    references = List.copyOf(references);
  }

  /**
   * The first so many articles, in the model's own template.
   *
   * @param maxTokens of a prompt
   * @throws JobException ENGINE if the model's tokenizer cannot take one
   */
  static BenchCorpus of(DriverModel model, Tokenizer tokenizer, int articles, int maxTokens) {
    PromptTemplate template = PromptTemplate.parse(model.template().orElse(PLAIN_TEMPLATE));
    ArticleGenerator generator = new ArticleGenerator(0);
    List<int[]> prompts = new ArrayList<>();
    List<String> references = new ArrayList<>();
    try {
      for (int i = 0; i < articles; i++) {
        Article article = generator.article(ArticleGenerator.TEST_FIRST + i);
        prompts.add(tokenizer.encode(template.render(column -> article.article()), maxTokens));
        references.add(article.summary());
      }
    } catch (BadPromptException e) {
      throw new JobException(
          ExitCode.ENGINE,
          "an article of the corpus is no prompt for this model: " + e.getMessage(),
          e);
    }
    return new BenchCorpus(prompts, references);
  }

  /** Tokens of the longest prompt. */
  int longestPrompt() {
    return prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
  }
}
