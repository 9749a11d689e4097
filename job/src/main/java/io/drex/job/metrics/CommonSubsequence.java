package io.drex.job.metrics;

import java.util.BitSet;
import java.util.List;

/** Longest common subsequences of word lists, by the quadratic table. */
final class CommonSubsequence {
  private CommonSubsequence() {}

  static int length(List<String> reference, List<String> prediction) {
    return table(reference, prediction)[reference.size()][prediction.size()];
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
