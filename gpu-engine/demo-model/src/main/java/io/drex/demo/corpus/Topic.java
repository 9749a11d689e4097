package io.drex.demo.corpus;

import java.util.List;
import java.util.Map;

/**
 * A kind of news, as the topic files define it.
 *
 * @param name unique, such as {@code fire}
 * @param plots what may happen; each as likely as the others
 */
record Topic(String name, List<Plot> plots) {
  Topic {
    plots = List.copyOf(plots);
  }

  /**
   * One course of events, whose summary its sentences determine.
   *
   * @param hardSlot what the summary needs beyond copying, such as {@code sum}; empty if nothing
   * @param rules of the slots that are no names, by slot
   * @param leads of which one opens the story
   * @param facts told after the lead in any order
   * @param speaker of a quote; one or none
   * @param summary the reference
   */
  record Plot(
      String hardSlot,
      Map<String, SlotRule> rules,
      List<Template> leads,
      List<Fact> facts,
      List<Template> speaker,
      Template summary) {
    Plot {
      rules = Map.copyOf(rules);
      leads = List.copyOf(leads);
      facts = List.copyOf(facts);
      speaker = List.copyOf(speaker);
    }
  }

  /** Something to tell, in one of several wordings. */
  record Fact(List<Template> wordings) {
    Fact {
      wordings = List.copyOf(wordings);
    }
  }
}
