package io.drex.demo.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.demo.corpus.Topic.Plot;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopicsTest {
  private static final int ARTICLES = 10_000;
  private static final List<Topic> TOPICS = Topics.read();

  static List<Topic> topics() {
    return TOPICS;
  }

  @Test
  void thereAreFortyTopicsOrMore() {
    assertThat(TOPICS).hasSizeGreaterThanOrEqualTo(40).doesNotHaveDuplicates();
    assertThat(TOPICS.stream().map(Topic::name)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("topics")
  void everyPlotHasSixLeadsOrMore(Topic topic) {
    assertThat(topic.plots())
        .allSatisfy(plot -> assertThat(plot.leads()).hasSizeGreaterThanOrEqualTo(6));
  }

  /** Otherwise a reference would not follow from its article. */
  @ParameterizedTest
  @MethodSource("topics")
  void whateverASummaryNeedsIsToldInEveryWording(Topic topic) {
    for (Plot plot : topic.plots()) {
      assertThat(plot.summary().slots())
          .allSatisfy(
              slot ->
                  assertThat(isTold(slot, plot)).as("{%s} of '%s'", slot, plot.summary()).isTrue());
    }
  }

  @Test
  void aFifthOfTheArticlesOrMoreHaveAHardSlot() {
    long hard = corpus().filter(article -> !article.hardSlot().isEmpty()).count();
    assertThat(hard).isBetween(ARTICLES / 5L, ARTICLES / 2L);
    assertThat(corpus().map(Article::hardSlot).collect(Collectors.toSet()))
        .contains("sum", "comparison", "latter", "choice");
  }

  @Test
  void oneArticleInSevenTellsTwoStories() {
    long two =
        corpus()
            .map(Article::article)
            .filter(text -> text.matches(".*(In brief:|In other news:|Elsewhere:).*"))
            .count();
    assertThat(two).isBetween(ARTICLES * 13L / 100, ARTICLES * 17L / 100);
  }

  private static Stream<Article> corpus() {
    return new ArticleGenerator(0).articles(0, ARTICLES);
  }

  private static boolean isTold(String slot, Plot plot) {
    boolean worked =
        plot.rules().get(slot) instanceof SlotRule.Sum sum
            && SlotRule.slots(sum).allMatch(operand -> isTold(operand, plot));
    return worked
        || allTell(slot, plot.leads(), plot)
        || plot.facts().stream().anyMatch(fact -> allTell(slot, fact.wordings(), plot));
  }

  /** Whether each wording has the slot, or one whose value always has it. */
  private static boolean allTell(String slot, List<Template> wordings, Plot plot) {
    return wordings.stream()
        .allMatch(
            wording ->
                wording.slots().stream()
                    .anyMatch(
                        part ->
                            part.equals(slot)
                                || plot.rules().get(part) instanceof SlotRule.Pick pick
                                    && allTell(slot, pick.alternatives(), plot)));
  }
}
