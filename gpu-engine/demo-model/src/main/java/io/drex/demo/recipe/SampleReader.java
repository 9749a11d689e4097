package io.drex.demo.recipe;

import io.drex.demo.corpus.Article;
import io.drex.demo.corpus.ArticleGenerator;
import io.drex.demo.tokenizer.BpeTokenizer;
import io.drex.demo.tokenizer.BpeTrainer;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.Prompt;
import io.drex.tokenizer.PromptTemplate;
import io.drex.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes samples with the product's own tokenizer and template, so that training sees the very ids
 * that a job will. Safe for any number of threads.
 */
public final class SampleReader {
  /** The template of the bundled model's prompts. */
  public static final String TEMPLATE = "{article}\nSummary:";

  private final PromptTemplate template = PromptTemplate.parse(TEMPLATE);
  private final ArticleGenerator articles;
  private final Tokenizer tokenizer;

  /** Reads articles of seed 0 by the {@code tokenizer.json} of a folder. */
  public SampleReader(Path folder) {
    this.articles = new ArticleGenerator(0);
    this.tokenizer = Tokenizer.open(folder);
  }

  /**
   * Trains the tokenizer on articles of seed 0 from {@code first} on, writes it to a folder and
   * reads samples by it.
   */
  public static SampleReader train(Path folder, long first, ShapeOptions options)
      throws IOException {
    Stream<Article> articles =
        new ArticleGenerator(0).articles(first, first + options.tokenizerArticles());
    BpeTrainer.train(articles.map(SampleReader::text), options.vocab()).write(folder);
    return new SampleReader(folder);
  }

  /** Tokens of the tokenizer. */
  public int vocab() {
    return tokenizer.vocabSize();
  }

  /** An article's text as training shows it: prompt and summary. */
  private static String text(Article article) {
    return TEMPLATE.replace("{article}", article.article()) + " " + article.summary();
  }

  /** The sample at an index of the corpus. */
  public Sample sample(long index) {
    return encode(articles.article(index));
  }

  private Sample encode(Article article) {
    try {
      int[] prompt = tokenizer.encode(template.render(Map.of("article", article.article())::get));
      int[] summary =
          tokenizer.encode(new Prompt(List.of(new Prompt.Untrusted(" " + article.summary()))));
      // The tokenizer begins the summary with BOS, which is not part of a continuation.
      int[] ids = new int[prompt.length + summary.length];
      System.arraycopy(prompt, 0, ids, 0, prompt.length);
      System.arraycopy(summary, 1, ids, prompt.length, summary.length - 1);
      ids[ids.length - 1] = BpeTokenizer.EOS;
      return new Sample(ids, prompt.length);
    } catch (BadPromptException e) {
      throw new IllegalStateException("article " + article.id() + ": " + e.getMessage(), e);
    }
  }
}
