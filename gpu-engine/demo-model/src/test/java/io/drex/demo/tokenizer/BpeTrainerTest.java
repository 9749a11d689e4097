package io.drex.demo.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.demo.corpus.Article;
import io.drex.demo.corpus.ArticleGenerator;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.Prompt;
import io.drex.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeTrainerTest {
  private static final int VOCAB = 700;
  private static final int BYTES_AND_SPECIAL = 259;

  @TempDir private static Path folder;

  @BeforeAll
  static void train() throws IOException {
    BpeTrainer.train(articles(0, 400), VOCAB).write(folder);
  }

  @Test
  void textsComeBackAsTheyWere() throws BadPromptException {
    Tokenizer tokenizer = Tokenizer.open(folder);
    for (String text : texts()) {
      assertThat(tokenizer.decode(encode(tokenizer, text))).isEqualTo(text);
    }
  }

  @Test
  void theTokenizersLibraryEncodesLikePlainMerging() throws IOException, BadPromptException {
    Tokenizer tokenizer = Tokenizer.open(folder);
    PlainBpe plain = new PlainBpe(folder.resolve(BpeTokenizer.FILE));
    for (String text : texts()) {
      List<Integer> expected = plain.encode(text);
      expected.add(0, BpeTokenizer.BOS);
      assertThat(Arrays.stream(encode(tokenizer, text)).boxed()).isEqualTo(expected);
    }
  }

  @Test
  void theVocabularyHasTheSizeThatWasAskedFor() {
    assertThat(Tokenizer.open(folder).vocabSize()).isEqualTo(VOCAB);
  }

  @Test
  void theSameTextsGiveTheSameVocabulary() {
    BpeTokenizer one = BpeTrainer.train(articles(0, 50), 400);
    assertThat(BpeTrainer.train(articles(0, 50), 400)).isEqualTo(one);
  }

  @Test
  void digitsStandAlone() {
    List<String> tokens = BpeTrainer.train(articles(0, 400), VOCAB).tokens();
    assertThat(tokens.subList(BYTES_AND_SPECIAL, VOCAB))
        .noneMatch(token -> token.chars().anyMatch(Character::isDigit));
  }

  @Test
  void theMostFrequentPairComesFirstAndTiesGoToTheSmallerIds() {
    // "cd" three times, "ab" and "xy" twice each, "qz" once.
    BpeTokenizer tokenizer =
        BpeTrainer.train(Stream.of("xy!cd!ab!cd!xy!ab!cd!qz"), BYTES_AND_SPECIAL + 9);
    assertThat(tokenizer.tokens().subList(BYTES_AND_SPECIAL, tokenizer.tokens().size()))
        .containsExactly("cd", "ab", "xy");
  }

  @Test
  void overlappingPairsMergeFromTheLeft() {
    assertThat(BpeTrainer.replace(new int[] {5, 5, 5, 6, 5, 5}, new BpeTokenizer.Merge(5, 5), 9))
        .containsExactly(9, 5, 6, 9);
  }

  @Test
  void refusesAVocabularyWithoutRoomForBytes() {
    assertThatThrownBy(() -> BpeTrainer.train(Stream.of("text"), 258))
        .hasMessage("a vocabulary of 258 tokens; special tokens and bytes alone need 259");
  }

  private static int[] encode(Tokenizer tokenizer, String text) throws BadPromptException {
    return tokenizer.encode(new Prompt(List.of(new Prompt.Untrusted(text))));
  }

  private static Stream<String> articles(long from, long to) {
    return new ArticleGenerator(0).articles(from, to).map(Article::article);
  }

  /** None is blank, because a blank prompt is refused before it is encoded. */
  private static List<String> texts() {
    List<String> texts = new ArrayList<>(articles(5000, 5200).toList());
    texts.add("int[] a = {1, 22, 333};\n\tfor (int i=0;i<a.length;++i) { s += \"\\n\" + a[i]; }\n");
    texts.add("  two spaces,\u00A0one that does not break,\u2003em space \r\n\r\n and  end  ");
    texts.add("10,000.05 ½ ² ٣٤ Ⅷ 1e-9 $75m 16% 2026-11-24");
    texts.add("Zürich naïve Ελλάδα Москва 東京 कि 🙂👩‍👩‍👧 e\u0301 \uFEFF\u200B");
    texts.add("<|eos|> is plain text here, as are <|bos|> and <|pad|>");
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      StringBuilder text = new StringBuilder("x");
      for (int length = random.nextInt(40); length > 0; length--) {
        text.appendCodePoint(codePoint(random));
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private static int codePoint(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> " \t\n\r'\"".charAt(random.nextInt(6));
      case 1 -> '0' + random.nextInt(10);
      case 2 -> 0xA0 + random.nextInt(0x500);
      case 3 -> 0x4E00 + random.nextInt(0x1000);
      case 4 -> 0x1F300 + random.nextInt(0x200);
      default -> 'a' + random.nextInt(26);
    };
  }
}
