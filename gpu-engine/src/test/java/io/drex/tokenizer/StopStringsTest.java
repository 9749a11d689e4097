package io.drex.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.drex.model.BundledModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopStringsTest {
  private static final String EMOJI = "\uD83D\uDE42";
  private static final int CASES = 1_500;

  /** What decoders join, take away and replace: spaces, pieces of characters, control tokens. */
  private static final List<String> PIECES =
      List.of(
          " ", "\n", "é", "€", EMOJI, "\uD83D\uDE43", "a", "ab", "Once upon", "the end.", "</s>");

  @TempDir static Path dir;
  private static Tokenizer bundled;

  @BeforeAll
  static void open() {
    bundled = Tokenizer.open(BundledModel.extract("bundled:", dir));
  }

  @Test
  void endWhereGeneratingAllAndCuttingWouldEnd() throws BadPromptException {
    assertEndsLikeTheOracle(bundled);
  }

  @Test
  void endSoWithTokensOfSingleBytesAndALeadingSpaceTakenAway() throws BadPromptException {
    Path folder = Path.of(System.getProperty("drex.root", "."), "../shared/data/stories260k");
    assumeTrue(Files.isDirectory(folder), "needs the shared data set stories260k");
    assertEndsLikeTheOracle(Tokenizer.open(folder));
  }

  private static void assertEndsLikeTheOracle(Tokenizer tokenizer) throws BadPromptException {
    int ended = 0;
    int between = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      int[] tokens = tokens(tokenizer, random);
      List<String> strings = strings(tokenizer.decode(tokens), random);
      StopStrings stop = tokenizer.stopStrings(strings);
      int expected = endOf(tokenizer, tokens, strings);
      assertThat(endOf(stop.watch(), tokens)).as("seed %d", seed).isEqualTo(expected);
      String text = tokenizer.decode(Arrays.copyOf(tokens, expected));
      assertThat(stop.cut(text)).as("seed %d", seed).isEqualTo(cut(text, strings));
      ended += expected < tokens.length ? 1 : 0;
      between += stop.cut(text).equals(text) ? 0 : 1;
    }
    assertThat(ended).as("sequences that ended early").isGreaterThan(CASES / 3);
    assertThat(between).as("texts that were cut").isGreaterThan(CASES / 3);
  }

  /** The first count of tokens whose text contains a string; all tokens where there is none. */
  private static int endOf(Tokenizer tokenizer, int[] tokens, List<String> strings) {
    return IntStream.rangeClosed(1, tokens.length)
        .filter(n -> containsAny(tokenizer.decode(Arrays.copyOf(tokens, n)), strings))
        .findFirst()
        .orElse(tokens.length);
  }

  private static int endOf(StopStrings.Watch watch, int[] tokens) {
    for (int count = 1; count <= tokens.length; count++) {
      if (watch.endsAfter(tokens, count)) {
        return count;
      }
    }
    return tokens.length;
  }

  private static boolean containsAny(String text, List<String> strings) {
    return strings.stream().anyMatch(text::contains);
  }

  /** The longest start of a text that holds no string and that no string begins in. */
  private static String cut(String text, List<String> strings) {
    for (int at = 0; at < text.length(); at++) {
      for (String string : strings) {
        if (text.startsWith(string, at)) {
          return text.substring(0, at);
        }
      }
    }
    return text;
  }

  /** Encoded pieces between random ids, which are bytes, control tokens and words. */
  private static int[] tokens(Tokenizer tokenizer, Random random) throws BadPromptException {
    List<Integer> tokens = new ArrayList<>();
    for (int part = 1 + random.nextInt(8); part > 0; part--) {
      if (random.nextBoolean()) {
        tokens.add(random.nextInt(random.nextBoolean() ? 262 : tokenizer.vocabSize() + 2));
      } else {
        String piece = PIECES.get(random.nextInt(PIECES.size()));
        for (int id : tokenizer.encode(Prompt.untrusted("x" + piece))) {
          tokens.add(id);
        }
      }
    }
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Parts of the text, and some that it does not have. */
  private static List<String> strings(String text, Random random) {
    List<String> strings = new ArrayList<>(List.of("never so"));
    int[] points = text.codePoints().toArray();
    for (int i = random.nextInt(3); i >= 0 && points.length > 0; i--) {
      int from = random.nextInt(points.length);
      int count = Math.min(points.length - from, 1 + random.nextInt(4));
      String part = new String(points, from, count);
      if (!part.contains("\uFFFD")) {
        strings.add(part);
      }
    }
    return strings;
  }

  @Test
  void aWatchBeginsAnewWithTheFirstToken() throws BadPromptException {
    StopStrings.Watch watch = bundled.stopStrings(List.of("ab")).watch();
    int[] a = {idOf("a")};
    int[] b = {idOf("b")};
    assertThat(watch.endsAfter(a, 1)).isFalse();
    assertThat(watch.endsAfter(b, 1)).as("a restart forgot the a").isFalse();
    assertThat(watch.endsAfter(a, 1)).isFalse();
    assertThat(watch.endsAfter(new int[] {a[0], b[0]}, 2)).isTrue();
  }

  private static int idOf(String letter) throws BadPromptException {
    int[] ids = bundled.encode(Prompt.untrusted(letter));
    return ids[ids.length - 1];
  }

  @Test
  void refusesWhatCanBeInNoText() {
    assertRefused(List.of(), "there must be 1 to 16 stop strings, not 0");
    assertRefused(
        IntStream.range(0, 17).mapToObj(Integer::toString).toList(),
        "there must be 1 to 16 stop strings, not 17");
    assertRefused(List.of("a", ""), "a stop string must not be empty");
    assertRefused(List.of("a\uFFFD"), "a stop string must be valid text without the replacement");
    assertRefused(List.of(EMOJI.substring(1)), "a stop string must be valid text");
    assertRefused(List.of("é".repeat(513)), "the stop strings have 1026 bytes, more than 1024");
  }

  private static void assertRefused(List<String> strings, String message) {
    assertThatThrownBy(() -> bundled.stopStrings(strings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
