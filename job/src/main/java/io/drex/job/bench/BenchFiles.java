package io.drex.job.bench;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** The folder of {@code --output}: one page with all tables, and a CSV file and a plot for each. */
final class BenchFiles {
  private static final String PAGE = "benchmarks.md";

  private final Path folder;
  private final Configuration hadoop;

  private BenchFiles(Path folder, Configuration hadoop) {
    this.folder = folder;
    this.hadoop = hadoop;
  }

  /**
   * Makes the folder, which may be a local path or a Hadoop URI.
   *
   * @throws JobException USAGE if it holds tables already, or cannot be written
   */
  static BenchFiles create(String output, Configuration hadoop) {
    BenchFiles files = new BenchFiles(new Path(output), hadoop);
    try {
      FileSystem system = files.system();
      if (system.exists(new Path(files.folder, PAGE))) {
        throw new JobException(
            ExitCode.USAGE,
            "--output " + output + " holds a " + PAGE + " already; remove it, or name another");
      }
      system.mkdirs(files.folder);
    } catch (IOException e) {
      throw files.unwritable(e);
    }
    return files;
  }

  /** Writes the page, in place of an earlier one of this run. */
  void writePage(String markdown) {
    write(PAGE, markdown.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes a file of the folder.
   *
   * @throws JobException USAGE if that fails
   */
  void write(String name, byte[] content) {
    try (OutputStream out = system().create(new Path(folder, name), true)) {
      out.write(content);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Puts no checksum files beside local ones. */
  private FileSystem system() throws IOException {
    FileSystem system = folder.getFileSystem(hadoop);
    return system instanceof LocalFileSystem local ? local.getRawFileSystem() : system;
  }

  private JobException unwritable(IOException e) {
    return new JobException(
        ExitCode.USAGE, "--output " + folder + " cannot be written: " + e.getMessage(), e);
  }
}
