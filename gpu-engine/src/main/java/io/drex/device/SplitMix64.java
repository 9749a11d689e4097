package io.drex.device;

/** The generator SplitMix64 as a hash: its output is counted to, not carried along. */
public final class SplitMix64 {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private SplitMix64() {}

  /** The first output of the generator started at a seed. */
  public static long mix(long seed) {
    return output(seed, 0);
  }

  /** An output of the generator started at a seed, counted from 0. */
  public static long output(long seed, int number) {
    long z = seed + (number + 1) * GOLDEN;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
