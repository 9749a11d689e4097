package io.drex.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptTemplateTest {

  @Test
  void separatesTemplateTextFromColumnText() throws Exception {
    PromptTemplate template = PromptTemplate.parse("T: {title}\n{body} {title}!");

    Prompt prompt = template.render(Map.of("title", "a", "body", "b")::get);

    assertThat(template.columns()).containsExactlyInAnyOrder("title", "body");
    assertThat(prompt.spans())
        .containsExactly(
            new Prompt.Trusted("T: "),
            new Prompt.Untrusted("a"),
            new Prompt.Trusted("\n"),
            new Prompt.Untrusted("b"),
            new Prompt.Trusted(" "),
            new Prompt.Untrusted("a"),
            new Prompt.Trusted("!"));
  }

  @Test
  void doubledBracesAreLiteral() throws Exception {
    Prompt prompt = PromptTemplate.parse("{{\"text\": {x}}}}}").render(column -> "v");

    assertThat(prompt.text()).isEqualTo("{\"text\": v}}");
  }

  @Test
  void bracesInColumnTextAreLiteral() throws Exception {
    Prompt prompt = PromptTemplate.parse("{x}").render(column -> "{y} ${env} {{ }");

    assertThat(prompt).isEqualTo(Prompt.untrusted("{y} ${env} {{ }"));
  }

  @Test
  void columnNamesMayHoldDotsDashesAndSpaces() {
    assertThat(PromptTemplate.parse("{user.text}{a b-c}{2024}{größe}").columns())
        .containsExactlyInAnyOrder("user.text", "a b-c", "2024", "größe");
  }

  @Test
  void refusesATemplateThatIsNoUnicodeText() {
    assertThatThrownBy(() -> PromptTemplate.parse("\uD83D\uDE42 \uDE42"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "prompt template, position 4: half a surrogate pair; save the template as UTF-8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "abc {x | position 5: '{' is never closed; write '{{' for a literal brace",
        "a}b | position 2: '}' without '{'; write '}}' for a literal brace",
        "{}  | position 1: '{}' is not a column name",
        "{ x} | position 1: '{ x}' is not a column name",
        "ab{x!r} | position 3: '{x!r}' is not a column name",
        "{a{b}} | position 1: '{a{b}' is not a column name",
      })
  void namesThePositionOfWhatItDoesNotUnderstand(String template, String message) {
    assertThatThrownBy(() -> PromptTemplate.parse(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("prompt template, " + message);
  }

  @Test
  void aNullAmongSeveralColumnsReadsAsEmptyText() throws Exception {
    Map<String, String> row = new HashMap<>();
    row.put("body", "b");

    Prompt prompt = PromptTemplate.parse("{title}: {body}").render(row::get);

    assertThat(prompt.text()).isEqualTo(": b");
  }

  @Test
  void refusesARowWithoutAnyText() {
    PromptTemplate template = PromptTemplate.parse("Summarise {title} {body}");

    assertThatThrownBy(() -> template.render(column -> column.equals("title") ? null : " \t\n"))
        .isInstanceOfSatisfying(
            BadPromptException.class,
            e -> assertThat(e.reason()).isEqualTo(BadPromptException.Reason.EMPTY_PROMPT))
        .hasMessage("null or blank: column body, title");
  }

  @Test
  void aTemplateWithoutColumnsIsItsText() throws Exception {
    assertThat(PromptTemplate.parse("Hello").render(column -> null).text()).isEqualTo("Hello");
  }

  @Test
  void neverShowsPromptTextInItsOwnDescription() throws Exception {
    Prompt prompt = PromptTemplate.parse("canary-1 {x}").render(column -> "canary-2");

    assertThat(prompt.toString()).isEqualTo("Prompt[Trusted[9 chars], Untrusted[8 chars]]");
  }
}
