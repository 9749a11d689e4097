package io.drex.schedule;

import io.drex.device.PrefixSharing;

/**
 * How sequences are let at the KV pools; changes no result.
 *
 * @param expectedNewTokens tokens that a sequence is expected to generate while none has finished
 *     yet; 0 expects as many as it may. Afterwards admission goes by what finished sequences needed
 * @param sharing whether equal leading blocks of prompts are shared
 */
public record KvUse(int expectedNewTokens, PrefixSharing sharing) {
  /** Starts at the worst case and shares nothing. */
  public static final KvUse PLAIN = new KvUse(0, PrefixSharing.OFF);

  public KvUse {
    if (expectedNewTokens < 0) {
      throw new IllegalArgumentException(
          "expectedNewTokens must be at least 0, not " + expectedNewTokens);
    }
  }
}
