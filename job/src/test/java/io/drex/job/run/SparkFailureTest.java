package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.output.OutputLayout;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkFailureTest {
  private static final OutputLayout OUTPUT = new OutputLayout(new Path("file:/results/out"));

  private static JobException translate(String message) {
    return SparkFailure.translate(new IllegalStateException(message), OUTPUT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: Command"
            + " exited with code 71",
        "Container from a bad node: c_01 on host: h. Exit status: 71. Diagnostics: none",
        "The executor with id 1 exited with exit code 71(unexpected).",
        "Lost task 0.3: io.drex.engine.EngineException: the engine of executor 0 cannot start"
      })
  void anEngineThatCannotStartOrWasLostIsAnEngineFailure(String message) {
    JobException verdict = translate(message);

    assertThat(verdict.exitCode()).isEqualTo(ExitCode.ENGINE);
    assertThat(verdict)
        .hasMessageContaining("finished rows are kept")
        .hasMessageContaining(message);
  }

  @Test
  void whatAnExecutorKnewIsInItsLog() {
    assertThat(translate("Command exited with code 71")).hasMessageContaining("its log says why");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Command exited with code 137", "executor 71 exited with code 1"})
  void otherEndsAreFailures(String message) {
    JobException verdict = translate(message);

    assertThat(verdict.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(verdict.getMessage()).doesNotContain("its log says why");
  }

  @Test
  void aVerdictInsideStaysWhatItIs() {
    JobException inside = new JobException(ExitCode.INPUT, "no rows");

    assertThat(SparkFailure.translate(new IllegalStateException(inside), OUTPUT)).isSameAs(inside);
  }

  @Test
  void aFileOfTheInputThatCannotBeReadIsTheInputsFault() {
    JobException verdict = translate(unreadable("file:///results/in%20put/part.parquet"));

    assertThat(verdict.exitCode()).isEqualTo(ExitCode.INPUT);
    assertThat(verdict)
        .hasMessageContaining("input file file:///results/in%20put/part.parquet cannot be read");
  }

  @Test
  void aFileOfTheOutputThatCannotBeReadIsNot() {
    JobException verdict = translate(unreadable("file:///results/out/data/part-0.parquet"));

    assertThat(verdict.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(verdict).hasMessageContaining("file:///results/out/data/part-0.parquet");
  }

  private static String unreadable(String file) {
    return "Lost task 0.3: org.apache.spark.SparkException: [FAILED_READ_FILE.NO_HINT] Encountered"
        + " error while reading file "
        + file
        + ".  SQLSTATE: KD001";
  }
}
