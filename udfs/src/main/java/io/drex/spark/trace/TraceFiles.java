package io.drex.spark.trace;

import io.drex.device.sim.Trace;
import io.drex.device.sim.TracedSequence;
import io.drex.spark.OutputSchema;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;

/**
 * Traces in Parquet: results that were written with {@code recordTrace}, or any files that have
 * their columns {@code completion_tokens} and {@code ramp_trace}. No other column is read.
 */
public final class TraceFiles {
  private static final String PARQUET = ".parquet";
  private static final List<String> COLUMNS =
      List.of(OutputSchema.COMPLETION_TOKENS, OutputSchema.RAMP_TRACE);

  private final Configuration hadoop;
  private final String name;
  private final List<TracedSequence> sequences = new ArrayList<>();
  private int ramps;

  private TraceFiles(String name, Configuration hadoop) {
    this.name = name;
    this.hadoop = hadoop;
  }

  /**
   * Reads the rows that have a trace; those of failed rows have none.
   *
   * @param name of a file, or of a folder with such files
   * @throws IOException naming it, if it cannot be read, or holds no trace or an inconsistent one
   */
  public static Trace read(String name, Configuration hadoop) throws IOException {
    TraceFiles files = new TraceFiles(name, hadoop);
    for (Path file : files.list()) {
      files.add(file);
    }
    return files.trace();
  }

  private Trace trace() throws IOException {
    if (sequences.isEmpty()) {
      throw new IOException(
          "trace " + name + " has no recorded row; record one by generate --record-trace");
    }
    try {
      return new Trace(ramps, sequences);
    } catch (IllegalArgumentException e) {
      throw new IOException("trace " + name + ": " + e.getMessage(), e);
    }
  }

  private List<Path> list() throws IOException {
    Path path = new Path(name);
    FileSystem fs = path.getFileSystem(hadoop);
    try {
      return Arrays.stream(fs.listStatus(path))
          .filter(FileStatus::isFile)
          .map(FileStatus::getPath)
          .filter(file -> file.getName().endsWith(PARQUET) && !file.getName().startsWith("."))
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      throw new IOException("trace " + name + " does not exist", e);
    }
  }

  private void add(Path file) throws IOException {
    Configuration projected = new Configuration(hadoop);
    projected.set(ReadSupport.PARQUET_READ_SCHEMA, projection(file).toString());
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file).withConf(projected).build()) {
      for (Group row; (row = reader.read()) != null; ) {
        if (row.getFieldRepetitionCount(OutputSchema.RAMP_TRACE) > 0) {
          add(row, file);
        }
      }
    }
  }

  private MessageType projection(Path file) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, hadoop))) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      for (String column : COLUMNS) {
        if (!schema.containsField(column)) {
          throw new IOException("trace " + file + " has no column " + column);
        }
      }
      return new MessageType(schema.getName(), COLUMNS.stream().map(schema::getType).toList());
    } catch (RuntimeException e) { // of a file that is no Parquet
      throw new IOException("trace " + file + " is no Parquet file: " + e.getMessage(), e);
    }
  }

  private void add(Group row, Path file) throws IOException {
    int tokens = row.getInteger(OutputSchema.COMPLETION_TOKENS, 0);
    Group trace = row.getGroup(OutputSchema.RAMP_TRACE, 0);
    Group byRamp = trace.getGroup(1, 0);
    int itsRamps = byRamp.getFieldRepetitionCount(0);
    if (sequences.isEmpty()) {
      ramps = itsRamps;
    } else if (itsRamps != ramps) {
      throw new IOException(
          "trace "
              + file
              + " has rows of "
              + ramps
              + " and of "
              + itsRamps
              + " ramps; take those of one run");
    }
    float[] confidences = new float[(tokens - 1) * ramps];
    for (int ramp = 0; ramp < ramps; ramp++) {
      Group byToken = byRamp.getGroup(0, ramp).getGroup(0, 0);
      requireTokens(tokens - 1, byToken.getFieldRepetitionCount(0), file);
      for (int token = 0; token < tokens - 1; token++) {
        confidences[token * ramps + ramp] = confidence(byToken.getGroup(0, token));
      }
    }
    sequences.add(new TracedSequence(trace.getLong(0, 0), tokens, confidences));
  }

  private static void requireTokens(int expected, int read, Path file) throws IOException {
    if (read != expected) {
      throw new IOException(
          "trace "
              + file
              + " has a row with "
              + read
              + " readings of a ramp where its completion_tokens ask for "
              + expected);
    }
  }

  /** Absent where the row did not meet the ramp. */
  private static float confidence(Group element) {
    return element.getFieldRepetitionCount(0) == 0 ? Float.NaN : element.getFloat(0, 0);
  }
}
