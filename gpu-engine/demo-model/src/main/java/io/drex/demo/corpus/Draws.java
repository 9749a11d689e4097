package io.drex.demo.corpus;

import java.util.SplittableRandom;

/**
 * The random choices of one article; used by one thread.
 *
 * <p>The order of the draws is part of the corpus: arguments are drawn from left to right, those of
 * alternatives that are not picked included. Reordering two calls changes every article.
 */
final class Draws {
  private final SplittableRandom random;

  Draws(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A number in {@code [least, most]}, both included. */
  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  /** One of the alternatives, each as likely as the others. */
  String pick(String... alternatives) {
    return alternatives[random.nextInt(alternatives.length)];
  }

  /** True with the given probability. */
  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }
}
