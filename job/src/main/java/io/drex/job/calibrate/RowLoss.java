package io.drex.job.calibrate;

import io.drex.job.calibrate.QualityBudget.Quality;
import io.drex.spark.quality.Rouge;
import io.drex.spark.quality.RougeVariant;
import io.drex.spark.quality.Stemming;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The loss of one row: what its completion with exits lacks of the one from full depth. */
final class RowLoss {
  private final Quality quality;
  private final Rouge rouge = new Rouge(Stemming.PORTER);

  RowLoss(Quality quality) {
    this.quality = quality;
  }

  /**
   * A completion.
   *
   * @param tokens ids, a stop token included
   * @param text of them
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Answer(int[] tokens, String text) {}

  /**
   * The loss, in [0, 1].
   *
   * @param reference that ROUGE compares both with; null compares with full depth itself
   */
  double of(Answer fullDepth, Answer exits, @Nullable String reference) {
    if (Arrays.equals(fullDepth.tokens(), exits.tokens())) {
      return 0;
    }
    return switch (quality) {
      case AGREEMENT -> 1 - agreement(fullDepth.tokens(), exits.tokens());
      case EXACT -> 1;
      case ROUGE_L -> {
        // An empty text scores 0 even against itself, but loses nothing.
        double before = reference == null ? 1 : rougeL(reference, fullDepth.text());
        String against = reference == null ? fullDepth.text() : reference;
        boolean same = fullDepth.text().equals(exits.text());
        yield same ? 0 : Math.max(0, before - rougeL(against, exits.text()));
      }
    };
  }

  private double rougeL(String reference, String text) {
    return rouge.score(RougeVariant.ROUGE_L, reference, text).f1();
  }

  /** Share of equal positions over the longer side, which has at least one. */
  private static double agreement(int[] one, int[] other) {
    int equal = 0;
    for (int i = 0; i < Math.min(one.length, other.length); i++) {
      equal += one[i] == other[i] ? 1 : 0;
    }
    return (double) equal / Math.max(one.length, other.length);
  }
}
