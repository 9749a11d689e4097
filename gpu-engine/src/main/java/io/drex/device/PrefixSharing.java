package io.drex.device;

/** Whether sequences share the KV of equal leading blocks of their prompts. */
public enum PrefixSharing {
  /** Computed once, and kept while there is room. */
  ON,
  /** Each sequence computes its whole prompt. */
  OFF
}
