package io.drex.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.model.ModelException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tokenizer folder may hold; faults M6. */
class TokenizerFileTest {
  private static final String PLAIN_MODEL =
      """
      {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "<s>": 3, "s": 4, "<": 5, ">": 6, "<s": 7},
       "merges": ["a b", "< s", "<s >"]}""";
  private static final String SPECIAL =
      """
      [{"id": 3, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
        "normalized": false, "special": true}]""";

  @TempDir Path dir;

  @Test
  void refusesAFileLargerThanAnyTokenizer() throws Exception {
    try (RandomAccessFile file =
        new RandomAccessFile(dir.resolve("tokenizer.json").toFile(), "rw")) {
      file.setLength(500L << 20);
    }

    assertRefused("tokenizer.json: 524288000 bytes, more than the 67108864 such a file may have");
  }

  @Test
  void refusesHoles() throws Exception {
    write("{\"vocab\": {\"a\": 0, \"b\": 2}, \"merges\": []}", "[]");

    assertRefused("tokenizer.json: model.vocab: no token has id 1, yet there are 2; ids must be");
  }

  @Test
  void refusesDuplicateIds() throws Exception {
    write("{\"vocab\": {\"a\": 0, \"b\": 0}, \"merges\": []}", "[]");

    assertRefused("tokenizer.json: model.vocab: id 0 belongs to both 'a' and 'b'");
  }

  @Test
  void refusesDuplicateTokens() throws Exception {
    write("{\"vocab\": {\"a\": 0, \"a\": 1}, \"merges\": []}", "[]");

    assertRefused("tokenizer.json: not valid JSON (line 1): Duplicate field 'a'");
  }

  @Test
  void refusesIdsThatAreNoIds() throws Exception {
    write("{\"vocab\": {\"a\": 4294967296}, \"merges\": []}", "[]");

    assertRefused("tokenizer.json: model.vocab: 'a' has id 4294967296, not an integer in [0, ");
  }

  @Test
  void refusesAnAddedTokenWithTwoIds() throws Exception {
    write(PLAIN_MODEL, "[{\"id\": 8, \"content\": \"<s>\", \"special\": true}]");

    assertRefused("tokenizer.json: added_tokens: '<s>' has id 8 here and 3 elsewhere");
  }

  @Test
  void refusesAnAddedTokenListedTwice() throws Exception {
    write(PLAIN_MODEL, SPECIAL.replace("}]", "}, {\"id\": 3, \"content\": \"<s>\"}]"));

    assertRefused("tokenizer.json: added_tokens: '<s>' is listed twice");
  }

  @Test
  void refusesAnotherKindOfModel() throws Exception {
    write("{\"type\": \"Unigram\", \"vocab\": []}", "[]");

    assertRefused("tokenizer.json: model.type: \"Unigram\" is not supported; only \"BPE\"");
  }

  @Test
  void refusesDropout() throws Exception {
    write(PLAIN_MODEL.replace("\"merges\"", "\"dropout\": 0.1, \"merges\""), "[]");

    assertRefused("tokenizer.json: model.dropout: not supported; the same text must give the same");
  }

  @Test
  void refusesWhatTheLibraryCannotRead() throws Exception {
    write(PLAIN_MODEL.replace("a b", "a x"), SPECIAL);

    assertRefused("tokenizer.json: the tokenizers library refuses it: Token `x` out of vocabulary");
  }

  @Test
  void refusesAnEndAfterEveryPrompt() throws Exception {
    write(PLAIN_MODEL, SPECIAL);
    Files.writeString(dir.resolve("tokenizer_config.json"), "{\"add_eos_token\": true}");

    assertRefused("tokenizer_config.json: add_eos_token: a prompt that ends cannot be continued");
  }

  @Test
  void refusesAMissingFile() {
    assertRefused("tokenizer.json: missing in ");
  }

  @Test
  void theConfigDecidesAboutTheBeginning() throws Exception {
    write(PLAIN_MODEL, SPECIAL);
    assertThat(Tokenizer.open(dir).encode(Prompt.untrusted("ab"))).containsExactly(2);

    Files.writeString(
        dir.resolve("tokenizer_config.json"),
        "{\"add_bos_token\": true, \"bos_token\": {\"content\": \"<s>\"}}");
    assertThat(Tokenizer.open(dir).encode(Prompt.untrusted("ab"))).containsExactly(3, 2);
  }

  @Test
  void thePostProcessorDecidesAboutTheBeginningOtherwise() throws Exception {
    writePostProcessor(
        """
        {"type": "Sequence", "processors": [
          {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
          {"type": "TemplateProcessing", "pair": [],
           "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                      {"Sequence": {"id": "A", "type_id": 0}}],
           "special_tokens": {"<s>": {"id": "<s>", "ids": [3], "tokens": ["<s>"]}}}]}""");
    assertThat(Tokenizer.open(dir).encode(Prompt.untrusted("ab"))).containsExactly(3, 2);

    Files.writeString(dir.resolve("tokenizer_config.json"), "{\"add_bos_token\": false}");
    assertThat(Tokenizer.open(dir).encode(Prompt.untrusted("ab"))).containsExactly(2);
  }

  @Test
  void refusesPostProcessorsThatEndThePrompt() throws Exception {
    writePostProcessor(
        """
        {"type": "TemplateProcessing",
         "single": [{"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "<s>"}}]}""");
    assertRefused(
        "tokenizer.json: post_processor: \"<s>\" follows the text; such a prompt cannot be");

    writePostProcessor("{\"type\": \"RobertaProcessing\"}");
    assertRefused("tokenizer.json: post_processor: \"RobertaProcessing\" is not supported");
  }

  @Test
  void addedTokensOutsideTheVocabularyKeepTheirIds() throws Exception {
    String added = SPECIAL.replace("}]", "}, " + SPECIAL.substring(1));
    write(
        PLAIN_MODEL,
        added.replaceFirst("\"id\": 3, \"content\": \"<s>\"", "\"id\": 8, \"content\": \"<e>\""));
    Tokenizer tokenizer = Tokenizer.open(dir);

    assertThat(tokenizer.vocabSize()).isEqualTo(9);
    assertThat(tokenizer.encode(PromptTemplate.parse("<e>{x}").render(column -> "a<s>")))
        .containsExactly(8, 0, 7, 6);
  }

  @Test
  void mergesThatSpellAControlTokenAreIgnored() throws Exception {
    write(PLAIN_MODEL, SPECIAL);
    Tokenizer tokenizer = Tokenizer.open(dir);

    assertThat(tokenizer.encode(Prompt.untrusted("<s>"))).containsExactly(7, 6);
    assertThat(tokenizer.encode(PromptTemplate.parse("<s>{x}").render(column -> "a")))
        .containsExactly(3, 0);
  }

  @Test
  void aTokenThatIsAddedButNotMarkedSpecialIsStillControl() throws Exception {
    write(PLAIN_MODEL, SPECIAL.replace("\"special\": true", "\"special\": false"));

    assertThat(Tokenizer.open(dir).encode(Prompt.untrusted("<s>"))).containsExactly(7, 6);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> Tokenizer.open(dir))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(message);
  }

  private void writePostProcessor(String json) throws IOException {
    Files.writeString(
        dir.resolve("tokenizer.json"),
        "{\"added_tokens\": %s, \"model\": %s, \"post_processor\": %s}"
            .formatted(SPECIAL, PLAIN_MODEL, json));
  }

  private void write(String model, String addedTokens) throws IOException {
    Files.writeString(
        dir.resolve("tokenizer.json"),
        "{\"added_tokens\": " + addedTokens + ", \"model\": " + model + "}");
  }
}
