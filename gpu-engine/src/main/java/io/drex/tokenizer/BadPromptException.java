package io.drex.tokenizer;

/**
 * One row's prompt cannot be tokenised; the row fails and the job goes on. Messages never hold
 * prompt text.
 */
public final class BadPromptException extends Exception {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /** Why a prompt was refused; the names are those of the engine's row errors. */
  public enum Reason {
    /** The prompt, or every column it refers to, is null, empty or blank. */
    EMPTY_PROMPT,
    /** The text holds half a surrogate pair, so it is not Unicode text. */
    BAD_ENCODING,
    /** More tokens than the caller allows. */
    PROMPT_TOO_LONG
  }

  public BadPromptException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
