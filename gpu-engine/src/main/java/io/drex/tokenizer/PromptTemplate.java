package io.drex.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A prompt with {@code {column}} placeholders; {@code {{} and {@code }}} are literal braces. A
 * column's text is inserted as it is: braces and control tokens in it mean nothing. A column's name
 * is letters, digits and {@code _}, with {@code .}, {@code -} and spaces inside.
 */
public final class PromptTemplate {
  private static final Pattern COLUMN =
      Pattern.compile("[\\p{L}\\p{N}_]([\\p{L}\\p{N}_.\\- ]*[\\p{L}\\p{N}_])?");

  private final List<Part> parts;
  private final Set<String> columns;

  private sealed interface Part {}

  private record Literal(String text) implements Part {}

  private record Column(String name) implements Part {}

  private PromptTemplate(List<Part> parts, Set<String> columns) {
    this.parts = parts;
    this.columns = columns;
  }

  /**
   * Parses a template.
   *
   * @throws IllegalArgumentException naming the position (counted from 1) of what is not understood
   */
  public static PromptTemplate parse(String text) {
    List<Part> parts = new ArrayList<>();
    Map<String, Integer> columns = new LinkedHashMap<>();
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != '{' && c != '}') {
        int codePoint = text.codePointAt(at);
        if (codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint)) {
          throw error(at, "half a surrogate pair; save the template as UTF-8");
        }
        literal.appendCodePoint(codePoint);
        at += Character.charCount(codePoint);
      } else if (at + 1 < text.length() && text.charAt(at + 1) == c) {
        literal.append(c);
        at += 2;
      } else if (c == '}') {
        throw error(at, "'}' without '{'; write '}}' for a literal brace");
      } else {
        String name = columnName(text, at);
        flush(literal, parts);
        parts.add(new Column(name));
        columns.putIfAbsent(name, at);
        at += name.length() + 2;
      }
    }
    flush(literal, parts);
    return new PromptTemplate(List.copyOf(parts), Set.copyOf(columns.keySet()));
  }

  /** The columns that the template refers to. */
  public Set<String> columns() {
    return columns;
  }

  /**
   * The prompt of one row. A null among several columns reads as empty text, because a record with
   * an optional field is still a record; when all of them are null or blank there is nothing to
   * prompt with.
   *
   * @param values text by column name; null where the row has none
   * @throws BadPromptException EMPTY_PROMPT when every column the template refers to, or the whole
   *     of a template without columns, is null or blank
   */
  public Prompt render(Function<String, @Nullable String> values) throws BadPromptException {
    List<Prompt.Span> spans = new ArrayList<>(parts.size());
    boolean blank = true;
    for (Part part : parts) {
      if (part instanceof Literal literal) {
        spans.add(new Prompt.Trusted(literal.text()));
        blank &= !columns.isEmpty() || literal.text().isBlank();
      } else if (part instanceof Column column) {
        String value = values.apply(column.name());
        // An empty span stays, as a join: template text on both sides must not form a token.
        spans.add(new Prompt.Untrusted(value == null ? "" : value));
        blank &= value == null || value.isBlank();
      }
    }
    if (blank) {
      throw new BadPromptException(
          BadPromptException.Reason.EMPTY_PROMPT, "null or blank: " + describeColumns());
    }
    return new Prompt(spans);
  }

  private String describeColumns() {
    return columns.isEmpty()
        ? "the template"
        : "column " + String.join(", ", columns.stream().sorted().toList());
  }

  private static String columnName(String text, int open) {
    int close = text.indexOf('}', open);
    if (close < 0) {
      throw error(open, "'{' is never closed; write '{{' for a literal brace");
    }
    String name = text.substring(open + 1, close);
    if (!COLUMN.matcher(name).matches()) {
      throw error(
          open,
          "'{"
              + name
              + "}' is not a column name; write '{column}', or '{{' and '}}' for literal braces");
    }
    return name;
  }

  private static void flush(StringBuilder literal, List<Part> parts) {
    if (!literal.isEmpty()) {
      parts.add(new Literal(literal.toString()));
      literal.setLength(0);
    }
  }

  private static IllegalArgumentException error(int at, String what) {
    return new IllegalArgumentException("prompt template, position " + (at + 1) + ": " + what);
  }
}
