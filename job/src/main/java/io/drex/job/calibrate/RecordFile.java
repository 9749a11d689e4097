package io.drex.job.calibrate;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.RampSpec;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What every candidate lost on every held-out row, as CSV, so that a choice can be checked without
 * running anything.
 *
 * <p>The first line is {@code #} and a JSON object: the facts of the run, and {@code candidates},
 * an array of thresholds by ramp for each candidate, strictest first. Then {@code
 * row,loss_1,depth_1,loss_2,depth_2,…}: a row by its place, from 0, among the held-out rows that
 * could be used, in the shuffled order; and for each candidate the row's loss and the layers it ran
 * per token. Rows are independent draws.
 */
record RecordFile(Path path, Configuration hadoop) {
  private static final String PLAIN = ".csv";
  private static final String COMPRESSED = ".csv.gz";

  /**
   * The file of {@code --record}.
   *
   * @throws JobException USAGE if its name has another ending, or it is there already
   */
  static RecordFile of(String name, Configuration hadoop) {
    if (!name.endsWith(PLAIN) && !name.endsWith(COMPRESSED)) {
      throw new JobException(
          ExitCode.USAGE,
          "--record "
              + name
              + " must be a file to write, with a name that ends with .csv or"
              + " .csv.gz");
    }
    RecordFile file = new RecordFile(new Path(name), hadoop);
    try {
      if (CalibrationFiles.system(file.path, hadoop).exists(file.path)) {
        throw new JobException(
            ExitCode.USAGE, "--record " + name + " exists; remove it, or name another");
      }
    } catch (IOException e) {
      throw file.unwritable(e);
    }
    return file;
  }

  /**
   * Writes the runs; no file is left behind if that fails.
   *
   * @param facts of the calibration; {@code candidates} is added to them
   * @param runs of the same rows, strictest candidate first; at least one
   * @throws JobException USAGE if the file cannot be written, or has appeared meanwhile
   */
  void write(ObjectNode facts, List<CandidateRun> runs) {
    ArrayNode candidates = facts.putArray("candidates");
    for (CandidateRun run : runs) {
      ArrayNode thresholds = candidates.addArray();
      run.candidate().ramps().forEach(ramp -> add(ramp, thresholds));
    }
    try {
      FileSystem system = CalibrationFiles.system(path, hadoop);
      OutputStream file = system.create(path, false);
      // From here on the file is ours to delete.
      try {
        write(facts, runs, file);
      } catch (IOException | RuntimeException e) {
        delete(system, e);
        throw e;
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void write(ObjectNode facts, List<CandidateRun> runs, OutputStream file)
      throws IOException {
    DecimalFormat number =
        new DecimalFormat("0.#####", DecimalFormatSymbols.getInstance(Locale.ROOT));
    try (file;
        OutputStream out = path.getName().endsWith(COMPRESSED) ? new GZIPOutputStream(file) : file;
        Writer csv = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8))) {
      csv.write("# " + oneLine(facts) + "\n");
      csv.write(head(runs.size()));
      for (int row = 0; row < runs.get(0).losses().size(); row++) {
        csv.write(line(row, runs, number));
      }
    }
  }

  private void delete(FileSystem system, Exception why) {
    try {
      system.delete(path, false);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  private static void add(RampSpec ramp, ArrayNode thresholds) {
    if (ramp.isOff()) {
      thresholds.add("off");
    } else {
      thresholds.add(ramp.threshold());
    }
  }

  private static String head(int candidates) {
    StringBuilder head = new StringBuilder("row");
    for (int i = 1; i <= candidates; i++) {
      head.append(",loss_").append(i).append(",depth_").append(i);
    }
    return head.append('\n').toString();
  }

  private static String line(int row, List<CandidateRun> runs, DecimalFormat number) {
    StringBuilder line = new StringBuilder().append(row);
    for (CandidateRun run : runs) {
      line.append(',').append(number.format(run.losses().get(row)));
      line.append(',').append(number.format(run.meanDepths().get(row)));
    }
    return line.append('\n').toString();
  }

  private static String oneLine(ObjectNode facts) throws IOException {
    return JsonFile.mapper()
        .writer()
        .without(SerializationFeature.INDENT_OUTPUT)
        .writeValueAsString(facts);
  }

  private JobException unwritable(IOException e) {
    return new JobException(
        ExitCode.USAGE, "--record " + path + " cannot be written: " + e.getMessage(), e);
  }
}
