package io.drex.job.run;

import io.drex.engine.EngineException;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;

/** Turns what a Spark action threw into the verdict. */
final class SparkFailure {
  private SparkFailure() {}

  /** ENGINE if an engine could not start or was lost for good, else FAILURE. */
  static JobException translate(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof JobException known) {
        return known;
      }
    }
    String text = String.valueOf(failure.getMessage());
    // A task's exception reaches the driver as text only, when its class is not serialised with it.
    ExitCode code =
        text.contains(EngineException.class.getName()) ? ExitCode.ENGINE : ExitCode.FAILURE;
    return new JobException(
        code,
        "generating failed; finished rows are kept, and the same command goes on: " + text,
        failure);
  }
}
