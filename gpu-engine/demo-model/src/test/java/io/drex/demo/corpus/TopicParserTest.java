package io.drex.demo.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.demo.corpus.Topic.Plot;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicParserTest {
  private static final String WEEKS =
      """
      # two weeks
      topic week
      late = 2..2
      end = day + late
      lead
        It starts in {city} on {day}.
      plot whole hard date
      fact
        It ends {late:words} days later.
      summary
        {city} is busy until {end}.
      plot begun
      lead
        {person} opened it in {city}.
      summary
        {person:last} opens in {city}.
      """;

  @Test
  void givesWhatStandsBeforeThePlotsToAllOfThem() {
    Topic topic = TopicParser.parse(WEEKS, "weeks.txt").get(0);
    assertThat(topic.name()).isEqualTo("week");
    assertThat(topic.plots().stream().map(Plot::hardSlot)).containsExactly("date", "");
    assertThat(topic.plots().stream().map(plot -> plot.leads().size())).containsExactly(1, 2);
    assertThat(topic.plots().get(1).rules()).containsOnlyKeys("late", "end");
  }

  @Test
  void countsWeekdaysAndMonthsRoundAndRound() {
    Plot plot = TopicParser.parse(WEEKS, "weeks.txt").get(0).plots().get(0);
    for (long seed = 0; seed < 50; seed++) {
      Draws draws = new Draws(seed);
      Scene scene = new Scene(plot.rules(), new Names(draws), draws);
      int day = Names.DAYS.indexOf(scene.value("day"));
      assertThat(scene.value("end")).isEqualTo(Names.DAYS.get((day + 2) % 7));
    }
  }

  @Test
  void writesFormsOfAValue() {
    List<Topic> topics =
        TopicParser.parse(
            """
            topic forms
            few = 7..7
            many = 17..17
            kind = big | big
            less = many - few
            lead
              {kind} or {kind}: {few:words}, {many:words}, {few}, {less}.
            plot only
            summary
              {kind} it is.
            """,
            "forms.txt");
    Plot plot = topics.get(0).plots().get(0);
    Draws draws = new Draws(1);
    Scene scene = new Scene(plot.rules(), new Names(draws), draws);
    assertThat(plot.leads().get(0).sentence(scene)).isEqualTo("Big or big: seven, 17, 7, 10.");
    assertThat(plot.summary().sentence(scene)).isEqualTo("Big it is.");
  }

  @Test
  void namesFileAndLineOfAnError() {
    assertFails("topic a\nwrong\n", "f.txt, line 2: no such head: 'wrong'");
    assertFails("topic a\nlead\n  A {b.\n", "f.txt, line 3: a brace of no slot in 'A {b.'");
    assertFails("topic a\nx = 1..2\nx = 2..3\n", "f.txt, line 3: the slot x is defined twice");
    assertFails(
        "topic a\nlead\n  A {b:up}.\n", "f.txt, line 3: no form ':up'; there are :last and :words");
    assertFails("topic a\n  A.\n", "f.txt, line 2: a wording below no head: 'A.'");
    assertFails(
        "topic a\nlead\n  A.\nplot b\n  B.\n", "f.txt, line 5: a wording below no head: 'B.'");
    assertFails("topic a\n", "f.txt, at its end: the topic a has no plot");
    assertFails(
        "topic a\nlead\n  A.\nplot b\n",
        "f.txt, at its end: plot a/b: it has 0 summaries, not one");
    assertFails(
        "topic a\nlead\n  A.\nplot b\nsummary\n  {nope}.\n",
        "f.txt, at its end: plot a/b: the slot {nope} is not defined");
  }

  private static void assertFails(String text, String message) {
    assertThatThrownBy(() -> TopicParser.parse(text, "f.txt"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
