package io.drex.job.calibrate;

import io.drex.job.storage.TextFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The ramp file and, beside it, the report.
 *
 * @param ramps where the ramp file goes: a local path or a Hadoop URI
 * @param report the same name, ending with {@code .html}
 */
record CalibrationFiles(Path ramps, Path report, Configuration hadoop) {
  private static final String ENDING = ".json";

  /**
   * The files of {@code --output}.
   *
   * @throws JobException USAGE if its name does not end with {@code .json}, or is a folder
   */
  static CalibrationFiles of(String output, Configuration hadoop) {
    if (!output.endsWith(ENDING)) {
      throw new JobException(
          ExitCode.USAGE,
          "--output " + output + " must be a ramp file to write, with a name that ends with .json");
    }
    String stem = output.substring(0, output.length() - ENDING.length());
    CalibrationFiles files =
        new CalibrationFiles(new Path(output), new Path(stem + ".html"), hadoop);
    try {
      FileSystem fs = system(files.ramps, hadoop);
      if (fs.exists(files.ramps) && fs.getFileStatus(files.ramps).isDirectory()) {
        throw new JobException(ExitCode.USAGE, "--output " + output + " is a folder");
      }
    } catch (IOException e) {
      throw files.unwritable(e);
    }
    return files;
  }

  /**
   * Writes both; a ramp file that is there already must be the same.
   *
   * @throws JobException USAGE if another file is there, or they cannot be written
   */
  void write(String rampFile, String page) {
    try {
      FileSystem fs = system(ramps, hadoop);
      if (fs.exists(ramps) && !TextFile.read(ramps.toString(), hadoop).equals(rampFile)) {
        throw new JobException(
            ExitCode.USAGE,
            "--output "
                + ramps
                + " exists and is another ramp file; it was left as it is: remove it, or name"
                + " another");
      }
      put(fs, report, page);
      put(fs, ramps, rampFile);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private static void put(FileSystem fs, Path path, String text) throws IOException {
    try (OutputStream out = fs.create(path, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The file system of a file to write; puts no checksum files beside local ones. */
  static FileSystem system(Path path, Configuration hadoop) throws IOException {
    FileSystem fs = path.getFileSystem(hadoop);
    return fs instanceof LocalFileSystem local ? local.getRawFileSystem() : fs;
  }

  private JobException unwritable(IOException e) {
    return new JobException(
        ExitCode.USAGE, "--output " + ramps + " cannot be written: " + e.getMessage(), e);
  }
}
