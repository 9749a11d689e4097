package io.drex.engine;

/** Why a row has no completion. */
public enum ErrorCode {
  /** The prompt is null, empty or blank. */
  EMPTY_PROMPT(false),
  /** Prompt and at least one new token do not fit the model or the engine. */
  PROMPT_TOO_LONG(false),
  /** The prompt is not valid Unicode text. */
  BAD_ENCODING(false),
  /** One of the row's own options is not allowed. */
  BAD_OPTION(false),
  /** The model's logits were not finite. */
  NUMERIC_FAULT(false),
  /** A device call failed twice for this row. */
  DEVICE_FAULT(true),
  /** The engine was lost while the row was in flight. */
  ENGINE_FAULT(true),
  /** The session was cancelled before the row finished. */
  CANCELLED(true);

  private final boolean retryable;

  ErrorCode(boolean retryable) {
    this.retryable = retryable;
  }

  /** Whether the same row may succeed when it is tried again. */
  public boolean retryable() {
    return retryable;
  }
}
