package io.drex.schedule;

/**
 * How sequences are let at the KV pools; changes no result.
 *
 * @param expectedNewTokens tokens that a sequence is expected to generate while none has finished
 *     yet; 0 expects as many as it may. Afterwards admission goes by what finished sequences needed
 */
public record KvUse(int expectedNewTokens) {
  /** Starts at the worst case. */
  public static final KvUse DEFAULT = new KvUse(0);

  public KvUse {
    if (expectedNewTokens < 0) {
      throw new IllegalArgumentException(
          "expectedNewTokens must be at least 0, not " + expectedNewTokens);
    }
  }
}
