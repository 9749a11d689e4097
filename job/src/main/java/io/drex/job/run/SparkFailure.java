package io.drex.job.run;

import io.drex.engine.EngineException;
import io.drex.job.output.OutputLayout;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.engine.ExecutorLife;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/** Turns what a Spark action threw into the verdict. */
final class SparkFailure {
  /** How the cluster managers tell that an executor ended itself for its engine. */
  private static final Pattern ENGINE_EXIT =
      Pattern.compile(
          "exit[^\\n]{0,20}?(?:code|status):? " + ExecutorLife.ENGINE_EXIT_CODE + "\\b",
          Pattern.CASE_INSENSITIVE);

  private static final String EXECUTOR_ENDED =
      "an executor's engine could not start or was lost, and its log says why: ";

  /** How Spark names a file that a task could not read. */
  private static final Pattern UNREADABLE =
      Pattern.compile(
          "\\[FAILED_READ_FILE[.\\w]*] Encountered error while reading file (\\S+?)\\.\\s");

  private SparkFailure() {}

  /**
   * INPUT if a file of the input could not be read, ENGINE if an engine could not start or was lost
   * for good, else FAILURE.
   */
  static JobException translate(Exception failure, OutputLayout output) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof JobException known) {
        return known;
      }
    }
    String text = String.valueOf(failure.getMessage());
    Matcher unreadable = UNREADABLE.matcher(text);
    if (unreadable.find() && !isOf(output, unreadable.group(1))) {
      return new JobException(
          ExitCode.INPUT,
          "input file "
              + unreadable.group(1)
              + " cannot be read; repair or remove it. Finished rows are kept, and the same command"
              + " goes on: "
              + text,
          failure);
    }
    boolean executorEnded = ENGINE_EXIT.matcher(text).find();
    // A task's exception reaches the driver as text only, when its class is not serialised with it.
    boolean engine = executorEnded || text.contains(EngineException.class.getName());
    return new JobException(
        engine ? ExitCode.ENGINE : ExitCode.FAILURE,
        "generating failed; finished rows are kept, and the same command goes on: "
            + (executorEnded ? EXECUTOR_ENDED : "")
            + text,
        failure);
  }

  /** Spark writes local files with three slashes, Hadoop with one. */
  private static boolean isOf(OutputLayout output, String file) {
    return new Path(URI.create(file))
        .toUri()
        .getPath()
        .startsWith(output.root().toUri().getPath() + "/");
  }
}
