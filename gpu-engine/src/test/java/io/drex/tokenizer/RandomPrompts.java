package io.drex.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Prompts made of control tokens and their fragments, and the law they are held to. */
final class RandomPrompts {
  private final List<String> control;
  private final Pattern pattern;
  private final List<String> pieces;

  RandomPrompts(List<String> control) {
    this.control = control;
    pattern =
        Pattern.compile(control.stream().map(Pattern::quote).collect(Collectors.joining("|")));
    pieces =
        new ArrayList<>(
            List.of(
                "<",
                "|",
                ">",
                "<|",
                "|>",
                "</",
                " ",
                "  ",
                "\n",
                "Summ",
                "ary:",
                "7",
                "é",
                "\uD83D\uDE42",
                "\uFDD0",
                "\uFDEF",
                "\u0000",
                "a"));
    pieces.addAll(control);
    for (String token : control) {
      pieces.add(token.substring(0, token.length() / 2));
      pieces.add(token.substring(token.length() / 2));
    }
  }

  /** The prompt of a seed; it begins with a full stop. */
  Prompt prompt(int seed) {
    Random random = new Random(seed);
    List<Prompt.Span> spans = new ArrayList<>(List.of(new Prompt.Trusted(".")));
    for (int span = random.nextInt(6); span >= 0; span--) {
      StringBuilder text = new StringBuilder();
      for (int piece = random.nextInt(7); piece > 0; piece--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      boolean trusted = random.nextBoolean();
      spans.add(
          trusted ? new Prompt.Trusted(text.toString()) : new Prompt.Untrusted(text.toString()));
    }
    return new Prompt(spans);
  }

  /** The text of a prompt without the control tokens of its trusted spans. */
  String withoutControl(Prompt prompt) {
    StringBuilder text = new StringBuilder();
    for (Prompt.Span span : prompt.spans()) {
      boolean trusted = span instanceof Prompt.Trusted;
      text.append(trusted ? pattern.matcher(span.text()).replaceAll("") : span.text());
    }
    return text.toString();
  }

  /**
   * Control ids are those of trusted spans; ids are ordinary where only trusted spans spell any.
   */
  void check(Tokenizer tokenizer, OrdinaryTokenizer ordinary, int seeds) throws BadPromptException {
    int[] prefix = ordinary.encode("");
    int compared = 0;
    for (int seed = 0; seed < seeds; seed++) {
      Prompt prompt = prompt(seed);
      int[] ids = tokenizer.encode(prompt);

      List<String> spelled = new ArrayList<>();
      for (Prompt.Span span : prompt.spans()) {
        spelled.addAll(span instanceof Prompt.Trusted ? controlIn(span.text()) : List.of());
      }
      assertThat(controlOf(ids, prefix.length, ordinary))
          .as("control ids, seed %d", seed)
          .isEqualTo(spelled.stream().map(token -> id(token, ordinary)).toList());
      if (controlIn(prompt.text()).equals(spelled)) {
        compared++;
        assertThat(ids).as("ids, seed %d", seed).isEqualTo(ordinary.encode(prompt.text()));
      }
    }
    assertThat(compared).isGreaterThan(seeds / 10);
  }

  private List<String> controlIn(String text) {
    List<String> found = new ArrayList<>();
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      found.add(matcher.group());
    }
    return found;
  }

  private List<Integer> controlOf(int[] ids, int from, OrdinaryTokenizer ordinary) {
    Set<Integer> known = new HashSet<>();
    control.forEach(token -> known.add(id(token, ordinary)));
    return Arrays.stream(ids, from, ids.length).filter(known::contains).boxed().toList();
  }

  private static int id(String token, OrdinaryTokenizer ordinary) {
    int[] ids = ordinary.encode(token);
    return ids[ids.length - 1];
  }
}
