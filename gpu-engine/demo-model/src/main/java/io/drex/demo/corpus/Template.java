package io.drex.demo.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with slots: {@code {name}}, or {@code {name:form}} for a form of the value.
 *
 * @param parts in their order
 */
record Template(List<Part> parts) {
  private static final Pattern SLOT = Pattern.compile("\\{([a-z][a-zA-Z0-9]*)(?::([a-z]+))?}");

  sealed interface Part {}

  record Literal(String text) implements Part {}

  record Slot(String name, Form form) implements Part {}

  /** How a slot's value is written. */
  enum Form {
    /** As it was drawn. */
    PLAIN,
    /** The last word: a person's last name. */
    LAST,
    /** A number below ten in words, as newspapers write it. */
    WORDS;

    private static final List<String> SMALL_NUMBERS =
        List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");

    private static Form named(String name) {
      for (Form form : List.of(LAST, WORDS)) {
        if (form.name().toLowerCase(Locale.ROOT).equals(name)) {
          return form;
        }
      }
      throw new IllegalArgumentException("no form ':" + name + "'; there are :last and :words");
    }

    String of(String value) {
      return switch (this) {
        case PLAIN -> value;
        case LAST -> value.substring(value.lastIndexOf(' ') + 1);
        case WORDS -> value.length() == 1 ? SMALL_NUMBERS.get(Integer.parseInt(value)) : value;
      };
    }
  }

  Template {
    parts = List.copyOf(parts);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException if it has a brace that belongs to no slot, or an unknown form
   */
  static Template parse(String text) {
    List<Part> parts = new ArrayList<>();
    Matcher slot = SLOT.matcher(text);
    int end = 0;
    while (slot.find()) {
      literal(text.substring(end, slot.start()), parts);
      Form form = slot.group(2) == null ? Form.PLAIN : Form.named(slot.group(2));
      parts.add(new Slot(slot.group(1), form));
      end = slot.end();
    }
    literal(text.substring(end), parts);
    return new Template(parts);
  }

  private static void literal(String text, List<Part> parts) {
    if (text.contains("{") || text.contains("}")) {
      throw new IllegalArgumentException("a brace of no slot in '" + text + "'");
    }
    if (!text.isEmpty()) {
      parts.add(new Literal(text));
    }
  }

  /** The text with the scene's values. */
  String render(Scene scene) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      if (part instanceof Slot slot) {
        text.append(slot.form().of(scene.value(slot.name())));
      } else if (part instanceof Literal literal) {
        text.append(literal.text());
      }
    }
    return text.toString();
  }

  /** The text as a sentence: with a capital. */
  String sentence(Scene scene) {
    return capitalized(render(scene));
  }

  List<String> slots() {
    return parts.stream().filter(Slot.class::isInstance).map(part -> ((Slot) part).name()).toList();
  }

  private static String capitalized(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
