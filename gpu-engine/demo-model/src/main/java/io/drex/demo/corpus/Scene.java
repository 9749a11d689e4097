package io.drex.demo.corpus;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of one story's slots. A slot is drawn when it is first asked for, and then keeps its
 * value. Mutable; used by one thread.
 */
final class Scene {
  private final Map<String, SlotRule> rules;
  private final Names names;
  private final Draws draws;
  private final Map<String, String> values = new HashMap<>();

  /**
   * @param rules of the slots that are no names, by slot
   * @param names shared by all stories of the article
   */
  Scene(Map<String, SlotRule> rules, Names names, Draws draws) {
    this.rules = rules;
    this.names = names;
    this.draws = draws;
  }

  /** The value of a slot. */
  String value(String slot) {
    String known = values.get(slot);
    if (known != null) {
      return known;
    }
    SlotRule rule = rules.get(slot);
    String drawn = rule == null ? names.draw(slot) : drawn(rule);
    values.put(slot, drawn);
    return drawn;
  }

  private String drawn(SlotRule rule) {
    if (rule instanceof SlotRule.Range range) {
      return Integer.toString(draws.between(range.least(), range.most()));
    }
    if (rule instanceof SlotRule.Pick pick) {
      List<Template> alternatives = pick.alternatives();
      return alternatives.get(draws.between(0, alternatives.size() - 1)).render(this);
    }
    SlotRule.Sum sum = (SlotRule.Sum) rule;
    return sum(value(sum.left()), sum.sign() * number(sum.right()));
  }

  private int number(String operand) {
    return Integer.parseInt(Character.isDigit(operand.charAt(0)) ? operand : value(operand));
  }

  private static String sum(String left, int right) {
    for (List<String> cycle : List.of(Names.DAYS, Names.MONTHS)) {
      int place = cycle.indexOf(left);
      if (place >= 0) {
        return cycle.get(Math.floorMod(place + right, cycle.size()));
      }
    }
    return Integer.toString(Integer.parseInt(left) + right);
  }
}
