package io.drex.spark.quality;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Longest common subsequences of word lists, in time of the product of their lengths. */
final class CommonSubsequence {
  private CommonSubsequence() {}

  /** Its length; keeps one row of the table. */
  static int length(List<String> reference, List<String> prediction) {
    Map<String, Integer> ids = new HashMap<>();
    int[] wanted = ids(reference, ids);
    int[] predicted = ids(prediction, ids);
    int[] row = new int[predicted.length + 1]; // [prediction prefix length]
    for (int word : wanted) {
      int diagonal = 0;
      for (int j = 1; j <= predicted.length; j++) {
        int above = row[j];
        row[j] = word == predicted[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]);
        diagonal = above;
      }
    }
    return row[predicted.length];
  }

  /** A number for each word, equal for equal words. */
  private static int[] ids(List<String> words, Map<String, Integer> known) {
    int[] ids = new int[words.size()];
    for (int i = 0; i < ids.length; i++) {
      Integer next = known.size();
      Integer id = known.putIfAbsent(words.get(i), next);
      ids[i] = id == null ? next : id;
    }
    return ids;
  }

  /**
   * Marks the reference positions of one longest common subsequence. Where several are equally
   * long, the walk back goes to the earlier reference word, as ROUGE-1.5.5 does; the choice changes
   * ROUGE-Lsum.
   */
  static void markPositions(List<String> reference, List<String> prediction, BitSet positions) {
    int[][] table = table(reference, prediction);
    int i = reference.size();
    int j = prediction.size();
    while (i > 0 && j > 0) {
      if (reference.get(i - 1).equals(prediction.get(j - 1))) {
        positions.set(i - 1);
        i--;
        j--;
      } else if (table[i][j - 1] > table[i - 1][j]) {
        j--;
      } else {
        i--;
      }
    }
  }

  // [reference prefix length][prediction prefix length]
  private static int[][] table(List<String> reference, List<String> prediction) {
    int[][] table = new int[reference.size() + 1][prediction.size() + 1];
    for (int i = 1; i <= reference.size(); i++) {
      for (int j = 1; j <= prediction.size(); j++) {
        table[i][j] =
            reference.get(i - 1).equals(prediction.get(j - 1))
                ? table[i - 1][j - 1] + 1
                : Math.max(table[i - 1][j], table[i][j - 1]);
      }
    }
    return table;
  }
}
