package io.drex.engine;

import java.util.Locale;

/** Why a completion ended. */
public enum FinishReason {
  /** A stop token or string; the token that ended it is the last of the completion's tokens. */
  STOP,
  /** The request's limit, or the model's longest sequence. */
  LENGTH,
  /** The row failed; the completion carries an error and no tokens. */
  ERROR;

  /** The text of the output column. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
