package io.drex.tokenizer;

import java.util.List;

/**
 * The text of one prompt, in spans that tell whom to trust. {@link #toString} shows sizes only,
 * because prompts must not reach logs.
 *
 * @param spans in order; their concatenation is the prompt's text
 */
public record Prompt(List<Span> spans) {

  public Prompt {
    spans = List.copyOf(spans);
  }

  /** A piece of the text. */
  public sealed interface Span {
    String text();
  }

  /** Text of the template: control tokens written out in it are control tokens. */
  public record Trusted(String text) implements Span {
    @Override
    public String toString() {
      return "Trusted[" + text.length() + " chars]";
    }
  }

  /** Text of a column: nothing in it is a control token, alone or joined with its neighbours. */
  public record Untrusted(String text) implements Span {
    @Override
    public String toString() {
      return "Untrusted[" + text.length() + " chars]";
    }
  }

  /** A prompt that is one column's text. */
  public static Prompt untrusted(String text) {
    return new Prompt(List.of(new Untrusted(text)));
  }

  /** The whole text. */
  public String text() {
    StringBuilder text = new StringBuilder();
    spans.forEach(span -> text.append(span.text()));
    return text.toString();
  }

  @Override
  public String toString() {
    return "Prompt" + spans;
  }
}
