package io.drex.demo.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArticleGeneratorTest {
  private static final long FIRST = ArticleGenerator.TEST_FIRST;
  private static final ArticleGenerator SEED_0 = new ArticleGenerator(0);
  private static final List<Topic> TOPICS = Topics.read();

  @Test
  void anArticleIsAFunctionOfSeedAndIndexAlone() {
    List<Article> whole = SEED_0.articles(FIRST, FIRST + 200).toList();
    ArticleGenerator again = new ArticleGenerator(0);
    assertThat(again.articles(FIRST + 120, FIRST + 200)).isEqualTo(whole.subList(120, 200));
    assertThat(again.article(FIRST + 7)).isEqualTo(whole.get(7));
  }

  @Test
  void seedsGiveOtherArticles() {
    List<String> texts = SEED_0.articles(0, 1000).map(Article::article).toList();
    assertThat(new ArticleGenerator(1).articles(0, 1000).map(Article::article))
        .doesNotContainAnyElementsOf(texts);
  }

  @Test
  void tenThousandArticlesAreDistinctInIdAndText() {
    List<Article> articles = SEED_0.articles(FIRST, FIRST + 10_000).toList();
    assertThat(articles.stream().map(Article::id).distinct()).hasSize(10_000);
    assertThat(articles.stream().map(Article::article).distinct()).hasSize(10_000);
  }

  @Test
  void everyTopicIsReachedAboutEquallyOften() {
    var counts =
        SEED_0
            .articles(FIRST, FIRST + 200L * TOPICS.size())
            .collect(Collectors.groupingBy(Article::topic, Collectors.counting()));
    assertThat(counts).containsOnlyKeys(TOPICS.stream().map(Topic::name).toList());
    assertThat(counts.values()).allMatch(count -> count > 140 && count < 260);
  }

  @Test
  void articlesAndReferencesAreWholeSentences() {
    assertThat(SEED_0.articles(FIRST, FIRST + 2000))
        .allSatisfy(
            article -> {
              assertThat(article.article())
                  .matches("[A-Z0-9$].*[.\"]")
                  .doesNotContain("  ", "null");
              assertThat(article.summary()).matches("[A-Z0-9$].*[.]").hasSizeBetween(20, 120);
            });
  }

  /** The bundled model learned these; with others it must be trained anew. */
  @Test
  void keepsTheArticlesThatTheBundledModelKnows() throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    Stream.concat(SEED_0.articles(0, 5000), SEED_0.articles(FIRST, FIRST + 5000))
        .forEach(article -> digest.update(article.toString().getBytes(UTF_8)));
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo("49476a0efbd198fd07d45d15fedec5a9a54e83e8e1ee737e6b1d2d86e030542e");
  }
}
