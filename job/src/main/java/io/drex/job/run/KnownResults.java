package io.drex.job.run;

import io.drex.job.output.OutputLayout;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.journal.JournalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Keeps results of different fingerprints out of one output. */
final class KnownResults {
  private KnownResults() {}

  /**
   * Compares with what the output's results were made with.
   *
   * @throws JobException USAGE with the parts that differ
   */
  static void refuseOthers(Fingerprint now, OutputLayout layout, Configuration hadoop) {
    Optional<Fingerprint> before = JsonFile.read(layout.fingerprint(), hadoop).map(Fingerprint::of);
    if (before.isEmpty() || before.get().equals(now) || isEmpty(layout, hadoop)) {
      return;
    }
    throw new JobException(
        ExitCode.USAGE,
        "the results in "
            + layout.root()
            + " were made with other settings, and one table holds results of one kind only:\n"
            + before.get().differences(now)
            + "\nuse these settings again, or choose another --output");
  }

  /** Writes down what this run's results are made with. */
  static void keep(Fingerprint now, OutputLayout layout, Configuration hadoop) {
    JsonFile.replace(layout.fingerprint(), now.json(), hadoop);
  }

  private static boolean isEmpty(OutputLayout layout, Configuration hadoop) {
    try {
      return !layout.data().getFileSystem(hadoop).exists(layout.data())
          && JournalFiles.list(hadoop, layout.journal()).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + layout.root(), e);
    }
  }
}
