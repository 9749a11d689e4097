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
import org.apache.spark.sql.types.StructType;

/** Keeps results of different fingerprints, and rows of different columns, out of one output. */
final class KnownResults {
  private static final String KEPT_COLUMNS = "keptColumns";

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
            + "\nuse these settings again, choose another --output, or replace these results by --mode"
            + " overwrite");
  }

  /**
   * Writes down what this run's results are made with.
   *
   * @param kept pass-through columns
   * @throws JobException USAGE if the output's rows have other pass-through columns
   */
  static void keep(Fingerprint now, StructType kept, OutputLayout layout, Configuration hadoop) {
    String columns = kept.catalogString();
    String before =
        JsonFile.read(layout.fingerprint(), hadoop)
            .map(known -> known.path(KEPT_COLUMNS).asText(columns))
            .orElse(columns);
    if (!before.equals(columns) && !isEmpty(layout, hadoop)) {
      throw new JobException(
          ExitCode.USAGE,
          "the rows in "
              + layout.root()
              + " have the pass-through columns "
              + before
              + ", not "
              + columns
              + ", and one table has one schema; --keep those columns with those types again, choose"
              + " another --output, or replace these results by --mode overwrite");
    }
    JsonFile.replace(layout.fingerprint(), now.json().put(KEPT_COLUMNS, columns), hadoop);
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
