package io.drex.device;

/**
 * How a token is chosen from a head's logits. In this order: the repetition penalty divides the
 * logits above 0 of all tokens that the sequence already has, prompt included, and multiplies those
 * below; the logits are divided by the temperature; the {@code topK} likeliest tokens stay; of
 * those, likeliest first, as many as it takes to hold {@code topP} of their probability; and of
 * those, the ones with at least {@code minP} of the likeliest one's probability. What stays is
 * drawn from. Among equal logits the lowest id is the likeliest.
 *
 * @param temperature in [0, {@value #MAX_TEMPERATURE}]; 0 takes the likeliest token
 * @param topK at least 0, which keeps all
 * @param topP in (0, 1]; 1 keeps all
 * @param minP in [0, 1]; 0 keeps all
 * @param repetitionPenalty in [{@value #MIN_PENALTY}, {@value #MAX_PENALTY}]; 1 changes nothing
 */
public record Sampling(
    float temperature, int topK, float topP, float minP, float repetitionPenalty) {
  public static final float MAX_TEMPERATURE = 100;
  public static final float MIN_PENALTY = 0.1f;
  public static final float MAX_PENALTY = 10;

  /** The likeliest token. */
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1);

  /**
   * @throws IllegalArgumentException naming the option, its value and its range
   */
  public Sampling {
    require(
        temperature >= 0 && temperature <= MAX_TEMPERATURE,
        "temperature must be in [0, " + (int) MAX_TEMPERATURE + "]",
        temperature);
    require(topK >= 0, "topK must be at least 0", topK);
    require(topP > 0 && topP <= 1, "topP must be in (0, 1]", topP);
    require(minP >= 0 && minP <= 1, "minP must be in [0, 1]", minP);
    require(
        repetitionPenalty >= MIN_PENALTY && repetitionPenalty <= MAX_PENALTY,
        "repetitionPenalty must be in [" + MIN_PENALTY + ", " + (int) MAX_PENALTY + "]",
        repetitionPenalty);
  }

  /** Whether the choice depends on the sequence's earlier tokens. */
  public boolean penalises() {
    return repetitionPenalty != 1;
  }

  private static void require(boolean legal, String rule, Number value) {
    if (!legal) {
      throw new IllegalArgumentException(rule + ", not " + value);
    }
  }
}
