package io.drex.spark.quality;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts a text into ROUGE's words: maximal runs of a-z and 0-9 of the lower-cased text. All else
 * separates, letters with accents included, as in ROUGE-1.5.5.
 */
final class RougeTokenizer {
  private static final int LONGEST_UNSTEMMED = 3;

  private final Stemming stemming;

  RougeTokenizer(Stemming stemming) {
    this.stemming = stemming;
  }

  List<String> tokens(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    List<String> tokens = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= lower.length(); i++) {
      if (i == lower.length() || !isWordCharacter(lower.charAt(i))) {
        if (i > start) {
          tokens.add(comparable(lower.substring(start, i)));
        }
        start = i + 1;
      }
    }
    return tokens;
  }

  /** The tokens of every line that is not empty. */
  List<List<String>> lines(String text) {
    List<List<String>> lines = new ArrayList<>();
    for (String line : text.split("\n")) {
      if (!line.isEmpty()) {
        lines.add(tokens(line));
      }
    }
    return lines;
  }

  private String comparable(String word) {
    return switch (stemming) {
      case NONE -> word;
      case PORTER -> word.length() > LONGEST_UNSTEMMED ? PorterStemmer.stem(word) : word;
    };
  }

  private static boolean isWordCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
}
