package io.drex.demo.corpus;

import io.drex.demo.corpus.Topic.Fact;
import io.drex.demo.corpus.Topic.Plot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic file. Its lines are, at the margin, {@code topic NAME}, {@code plot NAME [hard
 * KIND]}, {@code slot = rule} (see {@link SlotRule}), and the heads {@code lead}, {@code fact},
 * {@code quote} and {@code summary}; and indented below a head its wordings, one a line. What
 * stands before a topic's first plot belongs to all of its plots. Lines that start with {@code #}
 * and empty ones are skipped.
 */
final class TopicParser {
  private static final String INDENT = "  ";

  private final List<Topic> topics = new ArrayList<>();
  private String topic = "";
  private List<Plot> plots = new ArrayList<>();
  private Draft common = new Draft();
  private Draft draft = common;
  private @Nullable List<Template> block;

  /** What is known of a plot, or of all plots of a topic. */
  private static final class Draft {
    String name = "";
    String hardSlot = "";
    final Map<String, SlotRule> rules = new LinkedHashMap<>();
    final List<Template> leads = new ArrayList<>();
    final List<List<Template>> facts = new ArrayList<>();
    final List<Template> speaker = new ArrayList<>();
    final List<Template> summary = new ArrayList<>();
  }

  private TopicParser() {}

  /**
   * Reads all topics of a file.
   *
   * @param file named in errors
   * @throws IllegalArgumentException naming file, line and what is wrong
   */
  static List<Topic> parse(String text, String file) {
    TopicParser parser = new TopicParser();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      try {
        parser.line(line);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ", line " + number + ": " + e.getMessage(), e);
      }
    }
    try {
      parser.endTopic();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ", at its end: " + e.getMessage(), e);
    }
    return List.copyOf(parser.topics);
  }

  private void line(String line) {
    if (line.isBlank() || line.startsWith("#")) {
      return;
    }
    if (line.startsWith(INDENT)) {
      if (block == null) {
        throw new IllegalArgumentException("a wording below no head: '" + line.strip() + "'");
      }
      block.add(Template.parse(line.strip()));
      return;
    }
    int equals = line.indexOf(" = ");
    if (equals > 0) {
      SlotRule before = draft.rules.put(line.substring(0, equals), rule(line, equals));
      require(before == null, "the slot " + line.substring(0, equals) + " is defined twice");
      return;
    }
    List<String> words = List.of(line.strip().split(" +"));
    switch (words.get(0)) {
      case "topic" -> startTopic(words);
      case "plot" -> startPlot(words);
      case "lead" -> block = draft.leads;
      case "quote" -> block = draft.speaker;
      case "summary" -> block = draft.summary;
      case "fact" -> {
        List<Template> wordings = new ArrayList<>();
        draft.facts.add(wordings);
        block = wordings;
      }
      default -> throw new IllegalArgumentException("no such head: '" + line + "'");
    }
  }

  private static SlotRule rule(String line, int equals) {
    return SlotRule.parse(line.substring(equals + " = ".length()).strip());
  }

  private void startTopic(List<String> words) {
    require(words.size() == 2, "a topic has one name");
    endTopic();
    topic = words.get(1);
    plots = new ArrayList<>();
    common = new Draft();
    draft = common;
    block = null;
  }

  private void startPlot(List<String> words) {
    boolean hard = words.size() == 4 && words.get(2).equals("hard");
    require(hard || words.size() == 2, "a plot is 'plot NAME' or 'plot NAME hard KIND'");
    endPlot();
    draft = new Draft();
    draft.name = words.get(1);
    draft.hardSlot = hard ? words.get(3) : "";
    block = null;
  }

  private void endTopic() {
    if (topic.isEmpty()) {
      return;
    }
    endPlot();
    require(!plots.isEmpty(), "the topic " + topic + " has no plot");
    topics.add(new Topic(topic, plots));
  }

  private void endPlot() {
    if (draft == common) {
      return;
    }
    Map<String, SlotRule> rules = new LinkedHashMap<>(common.rules);
    rules.putAll(draft.rules);
    List<Template> leads = joined(common.leads, draft.leads);
    List<Fact> facts = joined(common.facts, draft.facts).stream().map(Fact::new).toList();
    List<Template> speaker = draft.speaker.isEmpty() ? common.speaker : draft.speaker;
    List<Template> summary = draft.summary.isEmpty() ? common.summary : draft.summary;
    String where = "plot " + topic + "/" + draft.name + ": ";
    require(!leads.isEmpty(), where + "it has no lead");
    require(summary.size() == 1, where + "it has " + summary.size() + " summaries, not one");
    require(speaker.size() <= 1, where + "it has " + speaker.size() + " speakers");
    Plot plot = new Plot(draft.hardSlot, rules, leads, facts, speaker, summary.get(0));
    requireDefined(plot, where);
    plots.add(plot);
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  /** Every slot has a rule or is a name. */
  private static void requireDefined(Plot plot, String where) {
    Stream<Template> templates =
        Stream.of(
                plot.leads().stream(),
                plot.facts().stream().flatMap(fact -> fact.wordings().stream()),
                plot.speaker().stream(),
                Stream.of(plot.summary()))
            .flatMap(part -> part);
    Set<String> slots = new HashSet<>();
    templates.forEach(template -> slots.addAll(template.slots()));
    plot.rules().values().forEach(rule -> SlotRule.slots(rule).forEach(slots::add));
    for (String slot : slots) {
      require(
          plot.rules().containsKey(slot) || Names.isPool(slot),
          where + "the slot {" + slot + "} is not defined");
    }
    plot.facts().forEach(fact -> require(!fact.wordings().isEmpty(), where + "an empty fact"));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
