package io.drex.job.calibrate;

import io.drex.spark.conf.ConfigException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much quality exits may cost: {@code agreement>=0.98}, {@code exact>=0.95} or {@code
 * rougeL>=-0.5}.
 *
 * @param text as the user wrote it, without blanks
 * @param maxLoss that the mean row loss may reach, in (0, 1)
 */
record QualityBudget(String text, Quality quality, double maxLoss) {
  private static final Pattern FORM = Pattern.compile("([A-Za-z]+)>=(-?[0-9]*\\.?[0-9]+)");
  private static final double POINTS = 100;

  /** What is measured, as a loss of each row in [0, 1]. */
  enum Quality {
    /** 1 − share of positions, over the longer completion, where the tokens are full depth's. */
    AGREEMENT("agreement", RiskTest.HOEFFDING_BENTKUS),
    /** 0 for a completion that is full depth's, token by token, else 1. */
    EXACT("exact", RiskTest.BINOMIAL),
    /**
     * Drop of ROUGE-L against full depth, by the reference where there is one; gains count as 0, so
     * the mean loss is at least the drop of the mean.
     */
    ROUGE_L("rougeL", RiskTest.HOEFFDING_BENTKUS);

    private final String word;
    private final RiskTest test;

    Quality(String word, RiskTest test) {
      this.word = word;
      this.test = test;
    }

    /** The test that fits its losses. */
    RiskTest test() {
      return test;
    }
  }

  /**
   * Reads a budget.
   *
   * @throws ConfigException saying what is allowed
   */
  static QualityBudget parse(String given) {
    String text = given.replaceAll("\\s", "");
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      for (Quality quality : Quality.values()) {
        if (quality.word.toLowerCase(Locale.ROOT).equals(form.group(1).toLowerCase(Locale.ROOT))) {
          double value = Double.parseDouble(form.group(2));
          double loss = quality == Quality.ROUGE_L ? -value / POINTS : 1 - value;
          return new QualityBudget(text, quality, requireRisk(loss, text));
        }
      }
    }
    throw malformed(text);
  }

  private static double requireRisk(double loss, String text) {
    if (!(loss > 0 && loss < 1)) {
      throw malformed(text);
    }
    return loss;
  }

  private static ConfigException malformed(String text) {
    return new ConfigException(
        "--quality-budget must be agreement>=a or exact>=a with a in (0, 1), or rougeL>=-d with d"
            + " points in (0, 100), not '"
            + text
            + "'");
  }
}
