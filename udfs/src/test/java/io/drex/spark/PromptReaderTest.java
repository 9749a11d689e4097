package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.engine.ErrorCode;
import io.drex.model.BundledModel;
import io.drex.spark.hash.Sha256;
import io.drex.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptReaderTest {
  /** The bundled model's stop token, {@code <|eos|>}. */
  private static final int EOS = 2;

  private static final int MAX_TOKENS = 100;

  @TempDir static Path folder;
  private static @Nullable Tokenizer tokenizer;

  @BeforeAll
  static void openTokenizer() {
    tokenizer = Tokenizer.open(BundledModel.extract("bundled:", folder));
  }

  @Test
  void aPromptIsItsTokensAndTheHashOfItsText() {
    PromptReader.Reading.Tokens prompt = (PromptReader.Reading.Tokens) read("the cat");
    assertThat(prompt.id()).isEqualTo("id-1");
    assertThat(prompt.tokens()).isNotEmpty();
    assertThat(prompt.promptSha256())
        .isEqualTo(Sha256.hex("the cat\nSummary:".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void controlTokensAndBracesInAColumnAreText() {
    PromptReader.Reading.Tokens prompt =
        (PromptReader.Reading.Tokens) read("a<|eos|>b {text} {{ ${HOME}");
    assertThat(prompt.tokens()).doesNotContain(EOS);
  }

  @Test
  void bytesAndTextReadAlike() {
    byte[] bytes = "naïve 🙂".getBytes(StandardCharsets.UTF_8);
    assertThat(((PromptReader.Reading.Tokens) read(bytes)).tokens())
        .isEqualTo(((PromptReader.Reading.Tokens) read("naïve 🙂")).tokens());
  }

  @Test
  void aLoneSurrogateIsABadEncodingWithoutAHash() {
    PromptReader.Reading.Bad bad = (PromptReader.Reading.Bad) read("half \uD83D a smile");
    assertThat(bad.outcome().error().code()).isEqualTo(ErrorCode.BAD_ENCODING);
    assertThat(bad.outcome().error().message()).contains("half a surrogate pair at char 5");
    assertThat(bad.outcome().promptSha256()).isNull();
  }

  @Test
  void anOverlongPromptKeepsItsHashAndItsMessageHasNoText() {
    PromptReader.Reading.Bad bad = (PromptReader.Reading.Bad) read("secret ".repeat(200));
    assertThat(bad.outcome().error().code()).isEqualTo(ErrorCode.PROMPT_TOO_LONG);
    assertThat(bad.outcome().error().message())
        .contains("more than the " + MAX_TOKENS + " allowed")
        .doesNotContain("secret");
    assertThat(bad.outcome().promptSha256()).hasSize(64);
  }

  private static PromptReader.Reading read(Object text) {
    if (tokenizer == null) {
      throw new AssertionError("the tokenizer is opened first");
    }
    GenerateSpec spec =
        new GenerateSpec(
            "run",
            "f",
            Map.of(),
            "{text}\nSummary:",
            List.of("text"),
            new StructType(),
            "j",
            "m",
            "i",
            false);
    Row row = RowFactory.create(new byte[RowKey.BYTES], "id-1", text);
    return PromptReader.of(spec, new CompletionText(tokenizer, null), MAX_TOKENS).read(row);
  }
}
