package io.drex.device.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.drex.device.HeadSampling;
import io.drex.device.RowBatch;
import io.drex.device.Sampling;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenSamplerTest {
  private static final AttentionShape SHAPE = new AttentionShape(1, 1, 2, 4);
  private static final int DRAWS = 20_000;
  private static final int OFFSET = 3; // of the logits in their array

  private final RowBatch rows = new RowBatch(1, new int[1][1][1]);
  private final LogitStats stats = new LogitStats();

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void choosesWhatASortingSamplerChooses(KernelKind kind) {
    Random random = new Random(5);
    for (int i = 0; i < 2_000; i++) {
      float[] logits = logits(random, 1 + random.nextInt(300));
      Sampling sampling = randomSampling(random, logits.length);
      long seed = random.nextLong();
      int[] history = random.ints(1 + random.nextInt(20), 0, logits.length).toArray();
      assertThat(choose(kind, logits, sampling, seed, history))
          .as("case %d, %s, %d tokens", i, sampling, logits.length)
          .isEqualTo(SortingSampler.choose(logits, sampling, seed, history));
    }
  }

  @Test
  void refusesMoreTokensThanCanBeAddedUp() {
    Kernels kernels = KernelKind.SCALAR.create(SHAPE);
    assertThatThrownBy(() -> new TokenSampler(kernels, 1 << 22))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a vocabulary of 4194304 tokens; at most 4194303 can be sampled");
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void drawsFollowTheDistribution(KernelKind kind) {
    Random random = new Random(6);
    int[] history = {4, 9, 4};
    for (int i = 0; i < 12; i++) {
      float[] logits = logits(random, 40);
      Sampling sampling = randomSampling(random, 40);
      if (sampling.temperature() > 0) {
        assertFollows(
            SortingSampler.probabilities(logits, sampling, history),
            draws(kind, logits, sampling, history));
      }
    }
  }

  /** A chi-square test; a fair sampler fails it once in more than a million cases. */
  private static void assertFollows(double[] probabilities, int[] counts) {
    double chiSquare = 0;
    int cells = -1;
    for (int token = 0; token < counts.length; token++) {
      double expected = probabilities[token] * DRAWS;
      if (probabilities[token] == 0) {
        assertThat(counts[token]).as("draws of token %d, which was cut off", token).isZero();
      } else if (expected > 5) {
        chiSquare += Math.pow(counts[token] - expected, 2) / expected;
        cells++;
      }
    }
    double bound = Math.max(1, cells) + 5 * Math.sqrt(2.0 * Math.max(1, cells)) + 15;
    assertThat(chiSquare).as("chi-square of %d cells", cells).isLessThan(bound);
  }

  private int[] draws(KernelKind kind, float[] logits, Sampling sampling, int[] history) {
    assumePresent(kind);
    int[] counts = new int[logits.length];
    for (int seed = 0; seed < DRAWS; seed++) {
      counts[choose(kind, logits, sampling, seed, history)]++;
    }
    return counts;
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void withoutTemperatureOrAlternativesItIsGreedy(KernelKind kind) {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      float[] logits = logits(random, 1 + random.nextInt(100));
      int[] history = {0};
      int greedy = choose(kind, logits, Sampling.GREEDY, i, history);
      assertThat(greedy).isEqualTo(lowestOfTheLargest(logits));
      assertThat(choose(kind, logits, new Sampling(0, 3, .5f, .1f, 1), i, history))
          .isEqualTo(greedy);
      assertThat(choose(kind, logits, new Sampling(2, 1, 1, 0, 1), i, history)).isEqualTo(greedy);
      assertThat(choose(kind, logits, new Sampling(9, 0, 1e-9f, 0, 1), i, history))
          .isEqualTo(greedy);
    }
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void aPenaltyMayChangeTheLikeliestToken(KernelKind kind) {
    float[] logits = {1, 4, 3.9f, -2};
    Sampling penalised = new Sampling(0, 0, 1, 0, 1.5f);
    assertThat(choose(kind, logits, penalised, 0, new int[] {0})).isEqualTo(1);
    assertThat(choose(kind, logits, penalised, 0, new int[] {1, 1})).isEqualTo(2);
    assertThat(choose(kind, logits, penalised, 0, new int[] {2, 1})).as("4 / 1.5").isEqualTo(1);
    float[] negative = {-1, -1.2f};
    assertThat(choose(kind, negative, penalised, 0, new int[] {0})).as("-1.5").isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void extremeLogitsAreStillChosenFrom(KernelKind kind) {
    float[] logits = {-Float.MAX_VALUE, Float.MAX_VALUE, 0, Float.MAX_VALUE};
    for (Sampling sampling :
        new Sampling[] {
          new Sampling(1, 0, 1, 0, 1),
          new Sampling(1e-6f, 2, .9f, .5f, 1),
          new Sampling(100, 0, .99f, 0, 10),
          new Sampling(1, 3, .5f, 0, .1f)
        }) {
      for (int seed = 0; seed < 20; seed++) {
        assertThat(choose(kind, logits, sampling, seed, new int[] {1, 2})).isIn(1, 3);
      }
    }
  }

  private int choose(KernelKind kind, float[] logits, Sampling sampling, long seed, int[] history) {
    assumePresent(kind);
    Kernels kernels = kind.create(SHAPE);
    float[] offset = new float[logits.length + OFFSET];
    System.arraycopy(logits, 0, offset, OFFSET, logits.length);
    kernels.readLogits(offset, OFFSET, logits.length, stats);
    rows.rows = 1;
    rows.heads = 1;
    rows.headRow[0] = 0;
    rows.position[0] = history.length - 1;
    rows.sampling.set(0, sampling, seed, history);
    int token = new TokenSampler(kernels, logits.length).choose(offset, OFFSET, stats, rows, 0);
    assertThat(Arrays.copyOfRange(offset, OFFSET, offset.length)).isEqualTo(logits);
    return token;
  }

  private static void assumePresent(KernelKind kind) {
    assumeThat(kind.isPresent()).as("--add-modules " + KernelKind.MODULE).isTrue();
  }

  /** With ties, and with values on both sides of zero. */
  private static float[] logits(Random random, int count) {
    float[] logits = new float[count];
    for (int i = 0; i < count; i++) {
      logits[i] =
          i > 0 && random.nextInt(4) == 0
              ? logits[random.nextInt(i)]
              : (float) random.nextGaussian() * 3;
    }
    return logits;
  }

  private static Sampling randomSampling(Random random, int count) {
    return new Sampling(
        random.nextInt(8) == 0 ? 0 : .2f + 2 * random.nextFloat(),
        random.nextBoolean() ? 0 : random.nextInt(count + 2),
        random.nextBoolean() ? 1 : 1 - .9f * random.nextFloat(),
        random.nextBoolean() ? 0 : .3f * random.nextFloat(),
        random.nextBoolean() ? 1 : .5f + random.nextFloat());
  }

  private static int lowestOfTheLargest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  @Test
  void randomNumbersOfOneSeedAreSplitMix() {
    SplittableRandom expected = new SplittableRandom(42);
    for (int position = 0; position < 100; position++) {
      assertThat(HeadSampling.randomBits(42, position)).isEqualTo(expected.nextLong());
    }
  }
}
