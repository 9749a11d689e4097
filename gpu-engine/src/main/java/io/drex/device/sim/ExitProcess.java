package io.drex.device.sim;

import io.drex.model.RampSpec;
import java.util.Arrays;
import java.util.List;

/**
 * How sure a simulated row is at a ramp: a pure function of its sequence, its token, its ramp and,
 * where that has one, of how hard its sequence is just now.
 */
public sealed interface ExitProcess {

  /**
   * Confidence of a row.
   *
   * @param key of the sequence
   * @param token which of the sequence's tokens the row would emit; at least 1, since the first
   *     comes from the prompt
   * @param ramp in [0, ramps)
   * @param latent the row's {@link #latent}
   * @param spec of the ramp, so that a stated share of the rows can pass it
   * @return in [0, 1]
   */
  float confidence(long key, int token, int ramp, float latent, RampSpec spec);

  /**
   * What a sequence hands from token to token.
   *
   * @param previous that of the token before, or 0
   */
  default float latent(long key, int token, float previous) {
    return 0;
  }

  /** Tokens after which a sequence ends by itself, if its model has a stop token. */
  default int outputTokens(long key) {
    return Integer.MAX_VALUE;
  }

  /**
   * Each row passes each ramp by a chance of its own.
   *
   * @param rates share of the rows that meet a ramp and pass it. [ramp]
   */
  record Bernoulli(List<Double> rates) implements ExitProcess {
    public Bernoulli {
      rates = List.copyOf(rates);
      requireRates(rates);
    }

    /** These rates, by ramp. */
    public static Bernoulli of(double... rates) {
      return new Bernoulli(Arrays.stream(rates).boxed().toList());
    }

    @Override
    public float confidence(long key, int token, int ramp, float latent, RampSpec spec) {
      return Chance.confidence(Chance.uniform(key, token, ramp), rates.get(ramp), spec);
    }
  }

  /**
   * Rates that go from one value to another in a straight line as sequences grow.
   *
   * @param from at the first token. [ramp]
   * @param to from the token {@code tokens} on. [ramp]
   * @param tokens at least 1
   */
  record Drifting(List<Double> from, List<Double> to, int tokens) implements ExitProcess {
    public Drifting {
      from = List.copyOf(from);
      to = List.copyOf(to);
      requireRates(from);
      requireRates(to);
      if (from.size() != to.size() || tokens < 1) {
        throw new IllegalArgumentException(
            "a drift needs as many rates at its end as at its start, and a token at least, not "
                + from
                + ", "
                + to
                + " and "
                + tokens);
      }
    }

    @Override
    public float confidence(long key, int token, int ramp, float latent, RampSpec spec) {
      double weight = Math.min(1, token / (double) tokens);
      double rate = (1 - weight) * from.get(ramp) + weight * to.get(ramp);
      return Chance.confidence(Chance.uniform(key, token, ramp), rate, spec);
    }
  }

  /**
   * Easy and hard stretches: a latent state, the same for all ramps, follows a stationary AR(1).
   *
   * @param rates share of all rows that pass a ramp, met or not. [ramp]
   * @param correlation of the states of neighbouring tokens, in [0, 1)
   */
  record AutoRegressive(List<Double> rates, double correlation) implements ExitProcess {
    public AutoRegressive {
      rates = List.copyOf(rates);
      requireRates(rates);
      if (!(correlation >= 0 && correlation < 1)) {
        throw new IllegalArgumentException("correlation must be in [0, 1), not " + correlation);
      }
    }

    @Override
    public float latent(long key, int token, float previous) {
      double noise = Chance.normal(key, token);
      if (token == 1) {
        return (float) noise;
      }
      return (float) (correlation * previous + Math.sqrt(1 - correlation * correlation) * noise);
    }

    @Override
    public float confidence(long key, int token, int ramp, float latent, RampSpec spec) {
      return Chance.confidence(Chance.normalShare(latent), rates.get(ramp), spec);
    }
  }

  /**
   * What a trace recorded. A sequence that the trace knows by its key reads its own record, any
   * other one that the key picks; past a record's end it starts over.
   */
  record Replayed(Trace trace) implements ExitProcess {
    @Override
    public float confidence(long key, int token, int ramp, float latent, RampSpec spec) {
      return trace.confidence(trace.of(key), token, ramp);
    }

    @Override
    public int outputTokens(long key) {
      return trace.of(key).outputTokens();
    }
  }

  private static void requireRates(List<Double> rates) {
    for (double rate : rates) {
      if (!(rate >= 0 && rate <= 1)) {
        throw new IllegalArgumentException("exit rates must be in [0, 1], not " + rates);
      }
    }
  }
}
