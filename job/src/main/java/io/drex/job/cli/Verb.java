package io.drex.job.cli;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.ConfigKey;
import java.util.List;

/** One thing that the program does. */
public interface Verb {
  /** What users type. */
  String name();

  /** One line for {@code --help}. */
  String summary();

  /** The keys that are options of this verb. */
  List<ConfigKey<?>> keys();

  /** Options of this verb alone, which are no configuration. */
  default List<OwnOption> ownOptions() {
    return List.of();
  }

  /** Name of the one positional argument in {@code --help}; empty if there is none. */
  default String argument() {
    return "";
  }

  /**
   * Does it.
   *
   * @throws JobException to end with its exit code
   * @throws ConfigException to end with {@link ExitCode#USAGE}
   */
  ExitCode run(Invocation invocation);

  /**
   * An option without a value.
   *
   * @param name with its dashes
   */
  record OwnOption(String name, String doc) {}
}
