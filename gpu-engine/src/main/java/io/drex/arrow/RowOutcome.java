package io.drex.arrow;

import io.drex.engine.Completion;
import io.drex.engine.RowError;
import org.jspecify.annotations.Nullable;

/** What became of one row, in the words of the output table. */
public sealed interface RowOutcome {

  /** The row's id in the input. */
  String id();

  /** The row's ledger key, {@value PromptBatch#KEY_BYTES} bytes. */
  byte[] key();

  /** SHA-256 (hex) of the rendered prompt's UTF-8; null if it could not be rendered. */
  @Nullable String promptSha256();

  /**
   * The engine completed the row.
   *
   * @param completion with tokens and no error
   * @param text the tokens as text, up to the stop token or string
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Completed(String id, byte[] key, String promptSha256, Completion completion, String text)
      implements RowOutcome {}

  /**
   * The row failed, before it reached the engine or in it.
   *
   * @param promptTokens the prompt's length in tokens; null if it was not tokenised
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Failed(
      String id,
      byte[] key,
      @Nullable String promptSha256,
      @Nullable Integer promptTokens,
      RowError error)
      implements RowOutcome {}
}
