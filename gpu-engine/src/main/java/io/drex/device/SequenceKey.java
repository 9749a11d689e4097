package io.drex.device;

/**
 * Names a sequence by what decides its tokens: its prompt and the seed of its random numbers. A
 * device can find the name out from its rows.
 */
public final class SequenceKey {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  /** The key of a prompt of no tokens. */
  public static final long EMPTY = 0;

  private SequenceKey() {}

  /**
   * The key of a sequence.
   *
   * @param prompt token ids
   * @param seed of its random numbers; 0 for a greedy one
   */
  public static long of(int[] prompt, long seed) {
    long key = EMPTY;
    for (int token : prompt) {
      key = extended(key, token);
    }
    return seeded(key, seed);
  }

  /** The key of a prompt that is longer by one token. */
  public static long extended(long promptKey, int token) {
    return mix(promptKey + token);
  }

  /** The key of a sequence with this prompt; that of the prompt itself if the seed is 0. */
  public static long seeded(long promptKey, long seed) {
    return seed == 0 ? promptKey : mix(promptKey ^ mix(seed));
  }

  /** The finaliser of SplitMix64, of which one step is taken. */
  private static long mix(long seed) {
    long z = seed + GOLDEN;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
