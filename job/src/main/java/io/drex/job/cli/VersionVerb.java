package io.drex.job.cli;

import io.drex.job.verdict.Build;
import io.drex.job.verdict.ExitCode;
import io.drex.spark.conf.ConfigKey;
import java.util.List;
import org.apache.spark.package$;

/** {@code version}: what was built and what runs it. */
public final class VersionVerb implements Verb {
  @Override
  public String name() {
    return "version";
  }

  @Override
  public String summary() {
    return "Shows the versions of the job, Spark and Java.";
  }

  @Override
  public List<ConfigKey<?>> keys() {
    return List.of();
  }

  @Override
  public ExitCode run(Invocation invocation) {
    invocation
        .console()
        .out()
        .printf(
            "drex-job %s, Spark %s, Java %s%n",
            Build.version(), package$.MODULE$.SPARK_VERSION(), Runtime.version());
    return ExitCode.OK;
  }
}
