package io.drex.demo.corpus;

import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The random choices of one article; used by one thread. The order of the draws is part of the
 * corpus: reordering two calls changes every article.
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
  <T> T pick(List<T> alternatives) {
    return alternatives.get(random.nextInt(alternatives.size()));
  }

  /** True with the given probability. */
  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** Puts the elements into a random order. */
  void shuffle(List<?> elements) {
    for (int last = elements.size() - 1; last > 0; last--) {
      Collections.swap(elements, last, random.nextInt(last + 1));
    }
  }
}
