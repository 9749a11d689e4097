package io.drex.job.output;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.suspect.SuspectFiles;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where everything of one output lies.
 *
 * @param root the folder that users name
 */
public record OutputLayout(Path root) {

  /** What Spark's readers take for a pattern. */
  private static final Pattern GLOB = Pattern.compile("[\\[\\]{}*?]");

  /** The layout below a folder, by its qualified name. */
  public static OutputLayout of(String output, Configuration hadoop) {
    if (GLOB.matcher(output).find()) {
      throw new JobException(
          ExitCode.USAGE,
          "--output " + output + " has one of [ ] { } * ?, which readers take for a pattern");
    }
    try {
      Path path = new Path(output);
      return new OutputLayout(path.getFileSystem(hadoop).makeQualified(path));
    } catch (IOException | IllegalArgumentException e) {
      throw new JobException(
          ExitCode.USAGE, "--output " + output + " is no usable path: " + e.getMessage(), e);
    }
  }

  /** Final rows: one per key, append-only. */
  public Path data() {
    return new Path(root, "data");
  }

  /** Retryable error rows of the last run. */
  public Path errors() {
    return new Path(root, "errors");
  }

  /** Everything about the run that is no row. */
  public Path drex() {
    return new Path(root, "_drex");
  }

  /** Rows that tasks published and that are not in {@link #data} yet. */
  public Path journal() {
    return new Path(drex(), "journal");
  }

  /** What is known of rows that may have ended an engine. */
  public Path suspects() {
    return SuspectFiles.folder(journal());
  }

  /** Written last; announces completeness. */
  public Path manifest() {
    return new Path(drex(), "manifest.json");
  }

  /** State, verdict and progress. */
  public Path status() {
    return new Path(drex(), "status.json");
  }

  /** The last run, if it was refused before it took the output. */
  public Path refusal() {
    return new Path(drex(), "refused.json");
  }

  /** One row per run and engine. */
  public Path metrics() {
    return new Path(drex(), "metrics.parquet");
  }

  /** The report to look at. */
  public Path report() {
    return new Path(drex(), "report.html");
  }

  /** What the rows' results depend on. */
  public Path fingerprint() {
    return new Path(drex(), "fingerprint.json");
  }

  /** There while the results of earlier runs are removed. */
  public Path removal() {
    return new Path(drex(), "removal.json");
  }

  /** Names the process that writes here. */
  public Path lock() {
    return new Path(drex(), "lock.json");
  }

  /** Signs of life of the runs that write here, or want to. */
  public Path locks() {
    return new Path(drex(), "lock");
  }

  /** Folders of all runs. */
  public Path runs() {
    return new Path(drex(), "runs");
  }

  /** What one run leaves behind. */
  public Path run(String runId) {
    return new Path(runs(), runId);
  }

  /**
   * Creates the folders and writes and deletes a file.
   *
   * @throws JobException USAGE if that is not possible
   */
  public void probe(Configuration hadoop) {
    Path probe = new Path(drex(), ".probe-" + UUID.randomUUID());
    try {
      FileSystem fs = root.getFileSystem(hadoop);
      if (!fs.mkdirs(drex())) {
        throw new IOException("the folder cannot be created");
      }
      fs.create(probe, false).close();
      fs.delete(probe, false);
    } catch (IOException e) {
      throw new JobException(
          ExitCode.USAGE,
          "--output "
              + root
              + " cannot be written: "
              + e.getMessage()
              + "; choose another folder, or give this user the right to write there",
          e);
    }
  }
}
