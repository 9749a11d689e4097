package io.drex.job.verdict;

/** The process's exit codes, which scripts and schedulers rely on. */
public enum ExitCode {
  /** All good. */
  OK(0),
  /** A failure that no other code names. */
  FAILURE(1),
  /** Usage or configuration is wrong; no cluster time was used. */
  USAGE(2),
  /** The run finished, but a gate failed; the outputs are kept. */
  GATE_FAILED(3),
  /** Stopped cleanly; the same command goes on. */
  STOPPED(4),
  /** The model cannot be used, or the engine cannot start. */
  ENGINE(5),
  /** The input does not keep its contract: missing columns, null or duplicate ids. */
  INPUT(6),
  /** Of {@code status --exit-code} alone: the run works, and has no verdict yet. */
  RUNNING(7),
  /** Of {@code status --exit-code} alone: the run's process died without a verdict. */
  LOST(8);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** What the process exits with. */
  public int number() {
    return number;
  }
}
