package io.drex.job.bench;

import io.drex.engine.Completion;
import io.drex.spark.quality.ExactMatch;
import io.drex.spark.quality.Rouge;
import io.drex.spark.quality.RougeVariant;
import io.drex.spark.quality.Stemming;
import io.drex.tokenizer.Tokenizer;
import java.util.List;

/**
 * Compares completions with references and with those of full depth.
 *
 * @param references texts. [prompt]
 * @param fullDepth completions without exits. [prompt]
 */
record Quality(Tokenizer tokenizer, List<String> references, List<Completion> fullDepth) {
  private static final double PERCENT = 100;

  /** What is compared. */
  enum Figure {
    /** Percent of equal token positions with full depth, over the longer side, mean of the rows. */
    AGREEMENT,
    /** Percent of the rows that are their reference. */
    EXACT_MATCH,
    /** Mean F1 of ROUGE-L against the reference, times 100. */
    ROUGE_L
  }

  /** The mean of a figure over all rows. */
  double of(List<Completion> completions, Figure figure) {
    double sum = 0;
    for (int row = 0; row < completions.size(); row++) {
      sum += ofRow(row, completions.get(row).tokens(), figure);
    }
    return PERCENT * sum / completions.size();
  }

  private double ofRow(int row, int[] tokens, Figure figure) {
    return switch (figure) {
      case AGREEMENT -> agreement(fullDepth.get(row).tokens(), tokens);
      case EXACT_MATCH -> ExactMatch.matches(references.get(row), text(tokens)) ? 1 : 0;
      case ROUGE_L ->
          new Rouge(Stemming.NONE)
              .score(RougeVariant.ROUGE_L, references.get(row), text(tokens))
              .f1();
    };
  }

  private String text(int[] tokens) {
    return tokenizer.decode(tokens);
  }

  private static double agreement(int[] one, int[] other) {
    int equal = 0;
    for (int i = 0; i < Math.min(one.length, other.length); i++) {
      equal += one[i] == other[i] ? 1 : 0;
    }
    return equal / (double) Math.max(1, Math.max(one.length, other.length));
  }
}
