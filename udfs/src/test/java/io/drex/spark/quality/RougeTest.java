package io.drex.spark.quality;

import static io.drex.spark.quality.RougeVariant.ROUGE_1;
import static io.drex.spark.quality.RougeVariant.ROUGE_2;
import static io.drex.spark.quality.RougeVariant.ROUGE_L;
import static io.drex.spark.quality.RougeVariant.ROUGE_LSUM;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RougeTest {
  private static final double EXACT = 1e-12;
  private static final Map<String, RougeVariant> VARIANTS =
      Map.of("rouge1", ROUGE_1, "rouge2", ROUGE_2, "rougeL", ROUGE_L, "rougeLsum", ROUGE_LSUM);

  private final Rouge plain = new Rouge(Stemming.NONE);
  private final Rouge stemmed = new Rouge(Stemming.PORTER);

  @Test
  void equalsThePublishedFigures() throws IOException {
    Path file = Path.of(System.getProperty("drex.root", ".."), "../shared/data/vectors/rouge.json");
    assumeTrue(Files.exists(file), () -> "skipped: the published ROUGE cases are not at " + file);
    JsonNode cases = new ObjectMapper().readTree(file.toFile()).get("cases");
    assertThat(cases).hasSizeGreaterThanOrEqualTo(16);
    for (JsonNode example : cases) {
      RougeVariant variant = requireNonNull(VARIANTS.get(example.get("type").asText()));
      Rouge rouge = example.get("stemmer").asBoolean() ? stemmed : plain;
      RougeScore score =
          rouge.score(variant, example.get("target").asText(), example.get("prediction").asText());
      var tolerance = within(example.get("tolerance").asDouble());
      assertThat(score.precision())
          .as("%s", example)
          .isCloseTo(example.get("precision").asDouble(), tolerance);
      assertThat(score.recall())
          .as("%s", example)
          .isCloseTo(example.get("recall").asDouble(), tolerance);
      assertThat(score.f1())
          .as("%s", example)
          .isCloseTo(example.get("fmeasure").asDouble(), tolerance);
    }
  }

  @Test
  void countsAWordAtMostAsOftenAsBothSidesHaveIt() {
    assertScore(plain.score(ROUGE_1, "the cat the dog", "the the the"), 2. / 3, 2. / 4);
    assertScore(plain.score(ROUGE_2, "a b a b", "a b c a b a b"), 3. / 6, 3. / 3);
  }

  @Test
  void thePairsOfOneWordAreNone() {
    assertScore(plain.score(ROUGE_2, "one", "one"), 0, 0);
  }

  @Test
  void theCommonSubsequenceMayHaveGaps() {
    assertScore(plain.score(ROUGE_L, "a b c d e", "a x c y e z"), 3. / 6, 3. / 5);
    assertScore(plain.score(ROUGE_L, "a b", "b a"), 1. / 2, 1. / 2);
  }

  @Test
  void summariesUniteTheMatchesOfAllLines() {
    // Lin (2004), 3.2: the union of w1 w3 w5 and w1 w2 is w1 w2 w3 w5.
    String reference = "w1 w2 w3 w4 w5";
    String prediction = "w1 w3 w8 w9 w5\nw1 w2 w6 w7 w8";
    assertScore(plain.score(ROUGE_LSUM, reference, prediction), 4. / 10, 4. / 5);
    assertScore(plain.score(ROUGE_L, reference, prediction), 3. / 10, 3. / 5);
  }

  @Test
  void summariesCountNoWordTwice() {
    assertScore(plain.score(ROUGE_LSUM, "a b\na c", "a b"), 2. / 2, 2. / 4);
  }

  @Test
  void wordsAreRunsOfAsciiLettersAndDigitsInLowerCase() {
    assertScore(plain.score(ROUGE_1, "It's £3.5m, CAFÉ!", "it s 3 5m caf"), 1, 1);
  }

  @Test
  void stemsOnlyWordsOfMoreThanThreeLetters() {
    assertScore(
        stemmed.score(ROUGE_1, "Inspectors praised schools", "inspector praises school"), 1, 1);
    assertScore(stemmed.score(ROUGE_1, "was ads", "wa ad"), 0, 0);
    assertScore(
        plain.score(ROUGE_1, "Inspectors praised schools", "inspector praises school"), 0, 0);
  }

  @Test
  void anEmptySideScoresZero() {
    for (RougeVariant variant : RougeVariant.values()) {
      assertScore(plain.score(variant, "", "word"), 0, 0);
      assertScore(plain.score(variant, "word", " \n.\n"), 0, 0);
      assertScore(plain.score(variant, "", ""), 0, 0);
    }
  }

  @Test
  void exactMatchForgivesOnlySpaceAtTheEnds() {
    assertThat(ExactMatch.matches("One fire.", " One fire.\n")).isTrue();
    assertThat(ExactMatch.matches("One fire.", "one fire.")).isFalse();
    assertThat(ExactMatch.matches("One fire.", "One  fire.")).isFalse();
  }

  private static void assertScore(RougeScore score, double precision, double recall) {
    assertThat(score.precision()).isCloseTo(precision, within(EXACT));
    assertThat(score.recall()).isCloseTo(recall, within(EXACT));
    double f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    assertThat(score.f1()).isCloseTo(f1, within(EXACT));
  }
}
