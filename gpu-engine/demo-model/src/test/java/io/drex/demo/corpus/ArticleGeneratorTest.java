package io.drex.demo.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ArticleGeneratorTest {
  private static final long FIRST = ArticleGenerator.TEST_FIRST;
  private static final ArticleGenerator SEED_0 = new ArticleGenerator(0);

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
            .articles(FIRST, FIRST + 3200)
            .collect(Collectors.groupingBy(Article::topic, Collectors.counting()));
    assertThat(counts).containsOnlyKeys(Arrays.stream(Topic.values()).map(Topic::label).toList());
    assertThat(counts.values()).allMatch(count -> count > 140 && count < 260);
  }

  @Test
  void articlesAndReferencesAreWholeSentences() {
    assertThat(SEED_0.articles(FIRST, FIRST + 2000))
        .allSatisfy(
            article -> {
              assertThat(article.article()).matches("[A-Z0-9].*[.\"]").doesNotContain("  ", "null");
              assertThat(article.summary()).matches("[A-Z0-9].*[.]").hasSizeBetween(30, 160);
            });
  }

  @Test
  void keepsTheArticlesThatTheBundledModelKnows() {
    assertThat(SEED_0.articles(FIRST, FIRST + 3))
        .containsExactly(
            new Article(
                "0-2000000000",
                "strike",
                "A union representing refuse workers in Stanport announced a strike on Sunday. The walkout will last for seven days in January. "
                    + "\"It is too early to draw conclusions,\" union leader Helen Clayman said. They want a pay rise of 3%.",
                "Refuse workers in Stanport will strike for seven days in January over pay."),
            new Article(
                "0-2000000001",
                "crash",
                "Police closed the M49 near Harlmouth on Saturday after a motorbike hit a tractor. Nine people were treated for injuries. Police asked anyone who saw the crash to contact officer Yusuf Elson. "
                    + "The road was closed for 11 hours. Local offices remained open throughout the day.",
                "Nine people have been hurt in a crash between a motorbike and a tractor near Harlmouth."),
            new Article(
                "0-2000000002",
                "wildlife",
                "Volunteers spent 12 weeks counting eagles near Mount Dorson. There were 67, more than in the last count. The charity has worked in Wintdale since 1987. "
                    + "\"The next few weeks will be important,\" warden Hassan Morden added.",
                "The number of eagles near Mount Dorson has risen to 67."));
  }
}
