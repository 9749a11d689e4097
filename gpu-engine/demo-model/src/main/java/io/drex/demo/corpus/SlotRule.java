package io.drex.demo.corpus;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How a slot of a topic gets its value. */
sealed interface SlotRule {
  /** A number in {@code [least, most]}, both included. */
  record Range(int least, int most) implements SlotRule {}

  /** One of some templates, each as likely as the others. */
  record Pick(List<Template> alternatives) implements SlotRule {
    public Pick {
      alternatives = List.copyOf(alternatives);
    }
  }

  /**
   * Left plus right, or minus; a weekday or month may be on the left.
   *
   * @param left a slot's name
   * @param right a slot's name or a number
   * @param sign 1 or -1
   */
  record Sum(String left, String right, int sign) implements SlotRule {}

  Pattern RANGE = Pattern.compile("(\\d+)\\.\\.(\\d+)");
  Pattern SUM = Pattern.compile("([a-z][a-zA-Z0-9]*) ([+-]) ([a-zA-Z0-9]+)");

  /** Reads {@code 2..40}, {@code a + b}, {@code a - 3} or {@code one | other}. */
  static SlotRule parse(String text) {
    Matcher range = RANGE.matcher(text);
    if (range.matches()) {
      return new Range(Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)));
    }
    Matcher sum = SUM.matcher(text);
    if (sum.matches()) {
      return new Sum(sum.group(1), sum.group(3), sum.group(2).equals("+") ? 1 : -1);
    }
    return new Pick(
        Arrays.stream(text.split("\\|")).map(String::strip).map(Template::parse).toList());
  }

  /** Names of the slots that the rule needs. */
  static Stream<String> slots(SlotRule rule) {
    if (rule instanceof Pick pick) {
      return pick.alternatives().stream().flatMap(template -> template.slots().stream());
    }
    if (rule instanceof Sum sum) {
      return Stream.of(sum.left(), sum.right()).filter(name -> !name.matches("\\d+"));
    }
    return Stream.empty();
  }
}
