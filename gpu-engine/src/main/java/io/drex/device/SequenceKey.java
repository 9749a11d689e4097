package io.drex.device;

/**
 * Names a sequence by what decides its tokens: its prompt and the seed of its random numbers. A
 * device can find the name out from its rows.
 */
public final class SequenceKey {
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
    return SplitMix64.mix(promptKey + token);
  }

  /** The key of a sequence with this prompt; that of the prompt itself if the seed is 0. */
  public static long seeded(long promptKey, long seed) {
    return seed == 0 ? promptKey : SplitMix64.mix(promptKey ^ SplitMix64.mix(seed));
  }
}
