package io.drex.device.cpu.kernel;

import io.drex.device.HeadSampling;
import io.drex.device.RowBatch;

/**
 * Chooses tokens from logits as {@link io.drex.device.Sampling} says. All sums are of integers and
 * all passes in the order of ids, so that a choice depends on the row's logits, seed and position
 * alone. Owned by one thread.
 */
public final class TokenSampler {
  private static final int MOST_TOKENS = (1 << 22) - 1;

  private final Kernels kernels;
  private final float[] weights; // [token], 1 for the likeliest
  private final float[] penalised; // [token]
  private final TokenCut cut;

  /**
   * @param kernels of the same thread
   * @param vocabSize tokens
   * @throws IllegalArgumentException if weights of so many may not add up within a long
   */
  public TokenSampler(Kernels kernels, int vocabSize) {
    if (vocabSize > MOST_TOKENS) {
      throw new IllegalArgumentException(
          "a vocabulary of " + vocabSize + " tokens; at most " + MOST_TOKENS + " can be sampled");
    }
    this.kernels = kernels;
    weights = new float[vocabSize];
    penalised = new float[vocabSize];
    cut = new TokenCut(weights);
  }

  /**
   * The token that a head emits.
   *
   * @param logits of the head from {@code at} on; all finite, not changed
   * @param stats of these logits
   */
  public int choose(float[] logits, int at, LogitStats stats, RowBatch rows, int head) {
    HeadSampling how = rows.sampling;
    if (how.isGreedy(head)) {
      return stats.token();
    }
    int position = rows.position[rows.headRow[head]];
    if (how.repetitionPenalty[head] == 1) {
      return drawFrom(logits, at, stats.token(), rows, head);
    }
    System.arraycopy(logits, at, penalised, 0, penalised.length);
    int[] history = how.history[head];
    for (int p = 0; p <= position; p++) {
      // From the logit itself, so that a token that occurs twice is penalised once.
      penalised[history[p]] = penalise(logits[at + history[p]], how.repetitionPenalty[head]);
    }
    return drawFrom(penalised, 0, likeliest(penalised), rows, head);
  }

  private int drawFrom(float[] logits, int at, int likeliest, RowBatch rows, int head) {
    HeadSampling how = rows.sampling;
    float temperature = how.temperature[head];
    if (temperature == 0) {
      return likeliest;
    }
    kernels.temper(logits, at, logits[at + likeliest], temperature, weights);
    cut(logits, at, how.topK[head], how.topP[head]);
    int position = rows.position[rows.headRow[head]];
    long bits = HeadSampling.randomBits(how.seed[head], position);
    return draw(logits, at, how.minP[head], bits);
  }

  private static float penalise(float logit, float penalty) {
    float result = logit > 0 ? logit / penalty : logit * penalty;
    return Math.min(Float.MAX_VALUE, Math.max(-Float.MAX_VALUE, result));
  }

  private static int likeliest(float[] logits) {
    int best = 0;
    for (int token = 1; token < logits.length; token++) {
      best = logits[token] > logits[best] ? token : best;
    }
    return best;
  }

  private void cut(float[] logits, int at, int topK, float topP) {
    cut.keepAll();
    if (topK > 0 && topK < weights.length) {
      cut.keepTokens(logits, at, topK);
    }
    if (topP < 1) {
      long kept = unitsKept(logits, at, 0);
      cut.keepUnits(logits, at, (long) Math.ceil(topP * (double) kept));
    }
  }

  private long unitsKept(float[] logits, int at, float minWeight) {
    long units = 0;
    cut.walk();
    for (int token = 0; token < weights.length; token++) {
      if (cut.keeps(token, logits[at + token]) && weights[token] >= minWeight) {
        units += cut.units(token);
      }
    }
    return units;
  }

  private int draw(float[] logits, int at, float minWeight, long randomBits) {
    long kept = unitsKept(logits, at, minWeight);
    // 63 random bits times what is kept, over 2⁶³: in [0, kept).
    long rest = Math.multiplyHigh(randomBits >>> 1, kept << 1);
    cut.walk();
    int token = -1;
    while (rest >= 0) {
      token++;
      if (cut.keeps(token, logits[at + token]) && weights[token] >= minWeight) {
        rest -= cut.units(token);
      }
    }
    return token;
  }

  /** Bytes of scratch. */
  public long bytes() {
    return 2L * weights.length * Float.BYTES;
  }
}
