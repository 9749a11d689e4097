package io.drex.device.cpu.kernel;

import io.drex.device.HeadSampling;
import io.drex.device.Sampling;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** A sampler written as its definition: sorts the vocabulary and adds up one by one. */
public final class SortingSampler {
  private static final double UNITS = 0x1p40;

  private SortingSampler() {}

  /** What the position after {@code history} chooses. */
  public static int choose(float[] logits, Sampling sampling, long seed, int[] history) {
    float[] penalised = penalise(logits, sampling, history);
    List<Integer> sorted = sorted(penalised);
    if (sampling.temperature() == 0) {
      return sorted.get(0);
    }
    long[] units = new long[logits.length];
    for (int token = 0; token < units.length; token++) {
      units[token] = (long) (weight(penalised, sorted.get(0), token, sampling) * UNITS);
    }
    List<Integer> kept = kept(penalised, sampling, units);
    long all = kept.stream().mapToLong(token -> units[token]).sum();
    long bits = HeadSampling.randomBits(seed, history.length - 1) >>> 1;
    long rest =
        BigInteger.valueOf(bits).multiply(BigInteger.valueOf(all)).shiftRight(63).longValueExact();
    for (int token : kept.stream().sorted().toList()) {
      if (rest < units[token]) {
        return token;
      }
      rest -= units[token];
    }
    throw new AssertionError("the units do not add up");
  }

  /** The chance of each token, in double precision; 0 for what is cut off. */
  static double[] probabilities(float[] logits, Sampling sampling, int[] history) {
    float[] penalised = penalise(logits, sampling, history);
    int best = sorted(penalised).get(0);
    double[] weights = new double[logits.length];
    long[] units = new long[logits.length];
    for (int token = 0; token < weights.length; token++) {
      double below = (double) penalised[token] - penalised[best];
      weights[token] = Math.exp(below / sampling.temperature());
      units[token] = (long) (weight(penalised, best, token, sampling) * UNITS);
    }
    double[] probabilities = new double[logits.length];
    List<Integer> kept = kept(penalised, sampling, units);
    double sum = kept.stream().mapToDouble(token -> weights[token]).sum();
    kept.forEach(token -> probabilities[token] = weights[token] / sum);
    return probabilities;
  }

  private static float weight(float[] logits, int best, int token, Sampling sampling) {
    return Exp.exp((logits[token] - logits[best]) / sampling.temperature());
  }

  private static List<Integer> kept(float[] logits, Sampling sampling, long[] units) {
    List<Integer> kept = sorted(logits);
    if (sampling.topK() > 0 && sampling.topK() < kept.size()) {
      kept = kept.subList(0, sampling.topK());
    }
    if (sampling.topP() < 1) {
      long all = kept.stream().mapToLong(token -> units[token]).sum();
      long sum = 0;
      int count = 0;
      while (sum < sampling.topP() * (double) all) {
        sum += units[kept.get(count++)];
      }
      kept = kept.subList(0, count);
    }
    int best = kept.get(0);
    return kept.stream()
        .filter(token -> weight(logits, best, token, sampling) >= sampling.minP())
        .toList();
  }

  private static List<Integer> sorted(float[] logits) {
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparing((Integer token) -> -logits[token]).thenComparing(i -> i))
        .toList();
  }

  private static float[] penalise(float[] logits, Sampling sampling, int[] history) {
    float[] penalised = logits.clone();
    float penalty = sampling.repetitionPenalty();
    Arrays.stream(history)
        .distinct()
        .forEach(
            token ->
                penalised[token] =
                    logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty);
    return penalised;
  }
}
