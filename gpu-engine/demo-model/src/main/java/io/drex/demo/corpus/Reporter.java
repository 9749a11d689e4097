package io.drex.demo.corpus;

import io.drex.demo.corpus.Topic.Fact;
import io.drex.demo.corpus.Topic.Plot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Tells stories: draws wordings and their order. Used by one thread, for one article. */
final class Reporter {
  private static final double QUOTED = .4;
  private static final double STREWN = .5;
  private static final int BRIEF_SENTENCES = 2;

  private static final List<String> QUOTES =
      List.of(
          "We are grateful to everyone who helped",
          "There is still a lot of work to do",
          "It is too early to draw conclusions",
          "People have a right to expect better",
          "I am proud of what the team has done",
          "The next few weeks will be important");
  private static final List<String> SAID = List.of("said", "added", "told reporters");

  /** Sentences that no summary needs. */
  private static final List<Template> FILLERS =
      Stream.of(
              "More details are expected {when}.",
              "About {thousands},000 people live there.",
              "Residents will meet soon.",
              "Something similar happened last {period}.",
              "A spokesperson declined to comment.",
              "The news was first reported by the {paper}.",
              "Offices and schools stayed open.",
              "It comes after a {mood} {season}.",
              "{person} of {company} could not be reached.",
              "The last such case was {years} years ago.")
          .map(Template::parse)
          .toList();

  private static final Map<String, SlotRule> FILLER_RULES =
      Map.of(
          "when", SlotRule.parse("next week | later this month | in the coming days"),
          "thousands", new SlotRule.Range(2, 90),
          "period", SlotRule.parse("year | month | week"),
          "paper", SlotRule.parse("Gazette | Herald | Courier | Echo"),
          "mood", SlotRule.parse("quiet | busy | difficult | record"),
          "season", SlotRule.parse("year | summer | winter | spring"),
          "years", new SlotRule.Range(2, 30));

  private final Draws draws;
  private final Names names;

  Reporter(Draws draws) {
    this.draws = draws;
    this.names = new Names(draws);
  }

  /** A story with its reference. */
  record Story(List<String> sentences, String summary) {
    Story {
      sentences = List.copyOf(sentences);
    }
  }

  /** The whole story: lead, facts, often a quote, often a sentence that says nothing of it. */
  Story story(Plot plot) {
    Scene scene = new Scene(plot.rules(), names, draws);
    // The summary's slots are drawn first, so that the fillers' names never take them.
    String summary = plot.summary().sentence(scene);
    List<String> told = facts(plot, scene);
    if (!plot.speaker().isEmpty() && draws.chance(QUOTED)) {
      told.add(draws.between(0, told.size()), quote(plot.speaker().get(0).render(scene)));
    }
    if (draws.chance(STREWN)) {
      told.add(draws.between(0, told.size()), filler());
    }
    told.add(0, lead(plot, scene));
    return new Story(told, summary);
  }

  /** The beginning of a story that the summary does not tell. */
  List<String> brief(Plot plot) {
    Scene scene = new Scene(plot.rules(), names, draws);
    List<String> told = facts(plot, scene);
    told.add(0, lead(plot, scene));
    return told.subList(0, Math.min(BRIEF_SENTENCES, told.size()));
  }

  private String lead(Plot plot, Scene scene) {
    return draws.pick(plot.leads()).sentence(scene);
  }

  private List<String> facts(Plot plot, Scene scene) {
    List<Fact> order = new ArrayList<>(plot.facts());
    draws.shuffle(order);
    List<String> told = new ArrayList<>();
    for (Fact fact : order) {
      told.add(draws.pick(fact.wordings()).sentence(scene));
    }
    return told;
  }

  private String quote(String speaker) {
    return "\"" + draws.pick(QUOTES) + ",\" " + speaker + " " + draws.pick(SAID) + ".";
  }

  private String filler() {
    return draws.pick(FILLERS).sentence(new Scene(FILLER_RULES, names, draws));
  }
}
