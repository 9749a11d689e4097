package io.drex.spark.quality;

import java.util.List;
import java.util.Map;

/**
 * Porter's suffix stripping (Program 14.3, 1980) with the later rules that rouge_score's stemmer
 * follows: Porter's own revisions (bli, logi, the rule for words of four letters in -ies and -ied,
 * y after a consonant), a short table of irregular forms, and -fully, -tionally.
 *
 * <p>The measure of a stem is the number of times that a consonant follows a vowel in it. A {@code
 * y} is a consonant at the start and after a vowel.
 */
final class PorterStemmer {
  private static final Map<String, String> IRREGULAR =
      Map.ofEntries(
          Map.entry("skies", "sky"),
          Map.entry("sky", "sky"),
          Map.entry("dying", "die"),
          Map.entry("lying", "lie"),
          Map.entry("tying", "tie"),
          Map.entry("news", "news"),
          Map.entry("innings", "inning"),
          Map.entry("inning", "inning"),
          Map.entry("outings", "outing"),
          Map.entry("outing", "outing"),
          Map.entry("cannings", "canning"),
          Map.entry("canning", "canning"),
          Map.entry("howe", "howe"),
          Map.entry("proceed", "proceed"),
          Map.entry("exceed", "exceed"),
          Map.entry("succeed", "succeed"));

  /** A suffix and what takes its place. */
  private record Rule(String suffix, String replacement) {}

  // In every list the first rule whose suffix fits decides, whether its condition holds or not.
  private static final List<Rule> DOUBLE_SUFFIXES =
      List.of(
          new Rule("ational", "ate"),
          new Rule("tional", "tion"),
          new Rule("enci", "ence"),
          new Rule("anci", "ance"),
          new Rule("izer", "ize"),
          new Rule("bli", "ble"),
          new Rule("alli", "al"),
          new Rule("fulli", "ful"),
          new Rule("entli", "ent"),
          new Rule("eli", "e"),
          new Rule("ousli", "ous"),
          new Rule("ization", "ize"),
          new Rule("ation", "ate"),
          new Rule("ator", "ate"),
          new Rule("alism", "al"),
          new Rule("iveness", "ive"),
          new Rule("fulness", "ful"),
          new Rule("ousness", "ous"),
          new Rule("aliti", "al"),
          new Rule("iviti", "ive"),
          new Rule("biliti", "ble"));
  private static final List<Rule> ADJECTIVE_SUFFIXES =
      List.of(
          new Rule("icate", "ic"),
          new Rule("ative", ""),
          new Rule("alize", "al"),
          new Rule("iciti", "ic"),
          new Rule("ical", "ic"),
          new Rule("ful", ""),
          new Rule("ness", ""));
  private static final List<String> LAST_SUFFIXES =
      List.of(
          "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion",
          "ou", "ism", "ate", "iti", "ous", "ive", "ize");

  private PorterStemmer() {}

  /** Returns the stem of a word of lower-case letters and digits. */
  static String stem(String word) {
    String irregular = IRREGULAR.get(word);
    if (irregular != null) {
      return irregular;
    }
    if (word.length() <= 2) {
      return word;
    }
    String stem = withoutPlural(word);
    stem = withoutPast(stem);
    stem = withFinalI(stem);
    stem = withoutDoubleSuffix(stem);
    stem = replaceFirst(ADJECTIVE_SUFFIXES, stem);
    stem = withoutLastSuffix(stem);
    stem = withoutFinalE(stem);
    return withSingleL(stem);
  }

  /** Step 1a. */
  private static String withoutPlural(String word) {
    if (word.endsWith("ies")) {
      return cut(word, word.length() == 4 ? 1 : 2);
    }
    if (word.endsWith("sses")) {
      return cut(word, 2);
    }
    return word.endsWith("s") && !word.endsWith("ss") ? cut(word, 1) : word;
  }

  /** Step 1b. */
  private static String withoutPast(String word) {
    if (word.endsWith("ied")) {
      return cut(word, word.length() == 4 ? 1 : 2);
    }
    if (word.endsWith("eed")) {
      return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
    }
    String stem = cutIfEndsWith(word, "ed");
    if (stem.equals(word)) {
      stem = cutIfEndsWith(word, "ing");
    }
    return stem.equals(word) || !hasVowel(stem) ? word : restored(stem);
  }

  /** Gives a stem that lost -ed or -ing the ending that it had before. */
  private static String restored(String stem) {
    if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
      return stem + "e";
    }
    if (endsWithDoubleConsonant(stem)) {
      char last = stem.charAt(stem.length() - 1);
      return last == 'l' || last == 's' || last == 'z' ? stem : cut(stem, 1);
    }
    return measure(stem) == 1 && isShort(stem) ? stem + "e" : stem;
  }

  /** Step 1c. */
  private static String withFinalI(String word) {
    boolean turns = word.length() > 2 && word.endsWith("y") && isConsonant(word, word.length() - 2);
    return turns ? cut(word, 1) + "i" : word;
  }

  /** Step 2. */
  private static String withoutDoubleSuffix(String word) {
    if (word.endsWith("alli") && measure(cut(word, 4)) > 0) {
      // -tionalli goes on to -tion.
      return withoutDoubleSuffix(cut(word, 2));
    }
    if (word.endsWith("logi")) {
      // The l counts as the stem's, so that geologi and theologi are alike.
      return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
    }
    return replaceFirst(DOUBLE_SUFFIXES, word);
  }

  /** Steps 2 and 3: the rule's suffix is replaced where its stem has a positive measure. */
  private static String replaceFirst(List<Rule> rules, String word) {
    for (Rule rule : rules) {
      if (word.endsWith(rule.suffix())) {
        String stem = cut(word, rule.suffix().length());
        return measure(stem) > 0 ? stem + rule.replacement() : word;
      }
    }
    return word;
  }

  /** Step 4. */
  private static String withoutLastSuffix(String word) {
    for (String suffix : LAST_SUFFIXES) {
      if (word.endsWith(suffix)) {
        String stem = cut(word, suffix.length());
        boolean fits = !suffix.equals("ion") || stem.endsWith("s") || stem.endsWith("t");
        return fits && measure(stem) > 1 ? stem : word;
      }
    }
    return word;
  }

  /** Step 5a. */
  private static String withoutFinalE(String word) {
    if (!word.endsWith("e")) {
      return word;
    }
    String stem = cut(word, 1);
    int measure = measure(stem);
    return measure > 1 || (measure == 1 && !isShort(stem)) ? stem : word;
  }

  /** Step 5b. */
  private static String withSingleL(String word) {
    return word.endsWith("ll") && measure(cut(word, 1)) > 1 ? cut(word, 1) : word;
  }

  private static int measure(String stem) {
    int measure = 0;
    boolean afterVowel = false;
    for (int i = 0; i < stem.length(); i++) {
      boolean consonant = isConsonant(stem, i);
      if (consonant && afterVowel) {
        measure++;
      }
      afterVowel = !consonant;
    }
    return measure;
  }

  private static boolean hasVowel(String stem) {
    for (int i = 0; i < stem.length(); i++) {
      if (!isConsonant(stem, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isConsonant(String word, int i) {
    return switch (word.charAt(i)) {
      case 'a', 'e', 'i', 'o', 'u' -> false;
      case 'y' -> i == 0 || !isConsonant(word, i - 1);
      default -> true;
    };
  }

  private static boolean endsWithDoubleConsonant(String word) {
    int last = word.length() - 1;
    return last > 0 && word.charAt(last) == word.charAt(last - 1) && isConsonant(word, last);
  }

  /** Whether a word ends like hop or is like us: such words get or keep a final e. */
  private static boolean isShort(String word) {
    int last = word.length() - 1;
    if (last == 1) {
      return !isConsonant(word, 0) && isConsonant(word, 1);
    }
    return last > 1
        && isConsonant(word, last)
        && !isConsonant(word, last - 1)
        && isConsonant(word, last - 2)
        && "wxy".indexOf(word.charAt(last)) < 0;
  }

  private static String cut(String word, int characters) {
    return word.substring(0, word.length() - characters);
  }

  private static String cutIfEndsWith(String word, String suffix) {
    return word.endsWith(suffix) ? cut(word, suffix.length()) : word;
  }
}
