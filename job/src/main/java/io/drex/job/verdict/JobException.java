package io.drex.job.verdict;

/** Ends a verb with an exit code; the message is written for the user who typed the command. */
public final class JobException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ExitCode exitCode;

  public JobException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public JobException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** What the process exits with. */
  public ExitCode exitCode() {
    return exitCode;
  }
}
