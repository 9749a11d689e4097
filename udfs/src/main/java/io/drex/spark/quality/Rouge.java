package io.drex.spark.quality;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * ROUGE of one prediction against one reference, with the figures of Google's rouge_score (and of
 * ROUGE-1.5.5 with its defaults). Immutable; safe for any number of threads.
 */
public final class Rouge {
  private final RougeTokenizer tokenizer;

  public Rouge(Stemming stemming) {
    tokenizer = new RougeTokenizer(stemming);
  }

  /** Scores a prediction; an empty text on either side scores 0. */
  public RougeScore score(RougeVariant variant, String reference, String prediction) {
    return switch (variant) {
      case ROUGE_1 -> ngrams(1, tokenizer.tokens(reference), tokenizer.tokens(prediction));
      case ROUGE_2 -> ngrams(2, tokenizer.tokens(reference), tokenizer.tokens(prediction));
      case ROUGE_L -> subsequence(tokenizer.tokens(reference), tokenizer.tokens(prediction));
      case ROUGE_LSUM -> summary(tokenizer.lines(reference), tokenizer.lines(prediction));
    };
  }

  private static RougeScore ngrams(int n, List<String> reference, List<String> prediction) {
    Map<String, Integer> wanted = counts(grams(n, reference));
    int hits = 0;
    for (String gram : grams(n, prediction)) {
      if (take(gram, wanted)) {
        hits++;
      }
    }
    return RougeScore.of(hits, gramCount(n, reference), gramCount(n, prediction));
  }

  private static List<String> grams(int n, List<String> tokens) {
    List<String> grams = new ArrayList<>();
    for (int i = 0; i + n <= tokens.size(); i++) {
      // Tokens hold no blank, so the joined text stands for the list.
      grams.add(String.join(" ", tokens.subList(i, i + n)));
    }
    return grams;
  }

  private static int gramCount(int n, List<String> tokens) {
    return Math.max(0, tokens.size() - n + 1);
  }

  private static RougeScore subsequence(List<String> reference, List<String> prediction) {
    int common = CommonSubsequence.length(reference, prediction);
    return RougeScore.of(common, reference.size(), prediction.size());
  }

  private static RougeScore summary(List<List<String>> reference, List<List<String>> prediction) {
    List<String> referenceTokens = reference.stream().flatMap(List::stream).toList();
    List<String> predictionTokens = prediction.stream().flatMap(List::stream).toList();
    // A predicted word counts once, however many reference lines match it (ROUGE-1.5.5).
    Map<String, Integer> left = counts(predictionTokens);
    int hits = 0;
    for (List<String> line : reference) {
      BitSet union = new BitSet(line.size());
      for (List<String> predicted : prediction) {
        CommonSubsequence.markPositions(line, predicted, union);
      }
      for (int i = union.nextSetBit(0); i >= 0; i = union.nextSetBit(i + 1)) {
        if (take(line.get(i), left)) {
          hits++;
        }
      }
    }
    return RougeScore.of(hits, referenceTokens.size(), predictionTokens.size());
  }

  private static Map<String, Integer> counts(List<String> units) {
    Map<String, Integer> counts = new HashMap<>();
    for (String unit : units) {
      counts.merge(unit, 1, Integer::sum);
    }
    return counts;
  }

  /** Uses up one occurrence; false where none is left. */
  private static boolean take(String unit, Map<String, Integer> left) {
    Integer count = left.get(unit);
    if (count == null || count == 0) {
      return false;
    }
    left.put(unit, count - 1);
    return true;
  }
}
