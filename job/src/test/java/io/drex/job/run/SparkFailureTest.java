package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkFailureTest {
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
    JobException verdict = SparkFailure.translate(new IllegalStateException(message));

    assertThat(verdict.exitCode()).isEqualTo(ExitCode.ENGINE);
    assertThat(verdict)
        .hasMessageContaining("finished rows are kept")
        .hasMessageContaining(message);
  }

  @Test
  void whatAnExecutorKnewIsInItsLog() {
    assertThat(SparkFailure.translate(new IllegalStateException("Command exited with code 71")))
        .hasMessageContaining("its log says why");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Command exited with code 137", "executor 71 exited with code 1"})
  void otherEndsAreFailures(String message) {
    JobException verdict = SparkFailure.translate(new IllegalStateException(message));

    assertThat(verdict.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(verdict.getMessage()).doesNotContain("its log says why");
  }

  @Test
  void aVerdictInsideStaysWhatItIs() {
    JobException inside = new JobException(ExitCode.INPUT, "no rows");

    assertThat(SparkFailure.translate(new IllegalStateException(inside))).isSameAs(inside);
  }
}
