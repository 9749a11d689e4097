package io.drex.schedule;

import java.util.function.LongConsumer;

/** Runs a law over many seeds; a failure names its seed. */
final class Seeds {
  private Seeds() {}

  static void forEach(int seeds, LongConsumer law) {
    for (long seed = 0; seed < seeds; seed++) {
      try {
        law.accept(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }
}
