package io.drex.job.input;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.input_file_name;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Opens the input that the configuration names. */
public final class InputReader {
  private static final String CORRUPT = "_corrupt_record";

  private final SparkSession spark;
  private final String input;
  private final String formatWord;

  private InputReader(SparkSession spark, DrexConfig config) {
    this.spark = spark;
    this.input = config.value(ConfigKeys.INPUT);
    this.formatWord = config.value(ConfigKeys.INPUT_FORMAT);
  }

  /**
   * The input's rows, lazily. CSV needs a header and gives texts; a text file gives one column
   * {@code value} with a row per line.
   *
   * @throws JobException USAGE if there is no such input or its format is not known; INPUT if it
   *     cannot be read as what it is
   */
  public static Dataset<Row> open(SparkSession spark, DrexConfig config) {
    InputReader reader = new InputReader(spark, config);
    try {
      return reader.read(reader.format());
    } catch (IOException e) {
      throw new JobException(ExitCode.USAGE, reader.unreadable(e), e);
    } catch (JobException e) {
      throw e;
    } catch (Exception e) {
      // Spark's AnalysisException is checked, but its methods do not declare it; what else comes
      // out of here is a reader's complaint about a file.
      throw new JobException(ExitCode.INPUT, reader.unreadable(e), e);
    }
  }

  private String unreadable(Exception e) {
    return "input " + input + " cannot be read: " + e.getMessage();
  }

  private InputFormat format() throws IOException {
    if (!formatWord.equals("auto")) {
      return InputFormat.ofOption(formatWord);
    }
    if (isQuery() || (!input.contains("/") && spark.catalog().tableExists(input))) {
      return InputFormat.TABLE;
    }
    String name = firstFile().getName();
    return InputFormat.ofFileName(new Path(input).getName())
        .or(() -> InputFormat.ofFileName(name))
        .orElseThrow(
            () ->
                new JobException(
                    ExitCode.USAGE,
                    "the format of input "
                        + input
                        + " cannot be told from the file name '"
                        + name
                        + "'; give --input-format parquet, jsonl, csv, text, orc or table"));
  }

  private boolean isQuery() {
    String start = input.strip().toLowerCase(Locale.ROOT);
    return start.startsWith("select ") || start.startsWith("with ");
  }

  private Dataset<Row> read(InputFormat format) throws IOException {
    if (format != InputFormat.TABLE) {
      firstFile();
    }
    return switch (format) {
      case PARQUET -> spark.read().parquet(input);
      case ORC -> spark.read().orc(input);
      case JSONL -> refuseCorruptLines(spark.read().json(input));
      case CSV ->
          spark
              .read()
              .option("header", "true")
              .option("multiLine", "true")
              .option("escape", "\"")
              .csv(input);
      case TEXT -> spark.read().text(input);
      case TABLE -> isQuery() ? spark.sql(input) : spark.table(input);
    };
  }

  /** Spark adds the column only if it met such lines when it inferred the schema. */
  private Dataset<Row> refuseCorruptLines(Dataset<Row> rows) {
    if (!Arrays.asList(rows.columns()).contains(CORRUPT)) {
      return rows;
    }
    // Spark refuses queries over the corrupt column alone unless the rows are materialised first.
    Dataset<Row> marked = rows.withColumn("_drex_file", input_file_name()).cache();
    Dataset<Row> corrupt = marked.filter(col(CORRUPT).isNotNull());
    long count = corrupt.count();
    String where = count == 0 ? "" : place(corrupt.sort("_drex_file").head());
    marked.unpersist();
    if (count == 0) {
      return rows;
    }
    throw new JobException(
        ExitCode.INPUT,
        "input "
            + input
            + ": "
            + count
            + " lines are not JSON objects, such as "
            + where
            + "; each line must be one object");
  }

  private String place(Row corrupt) {
    Path file = new Path(URI.create(corrupt.<String>getAs("_drex_file")));
    OptionalLong line =
        LineNumber.of(
            corrupt.<String>getAs(CORRUPT), file, spark.sparkContext().hadoopConfiguration());
    return line.isPresent() ? "line " + line.getAsLong() + " of " + file : "one of " + file;
  }

  private Path firstFile() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Path path = new Path(input);
    FileSystem fs = path.getFileSystem(hadoop);
    FileStatus[] found = fs.globStatus(path);
    if (found == null || found.length == 0) {
      throw new FileNotFoundException("there is no such file, folder, table or view");
    }
    for (FileStatus status : List.of(found)) {
      Optional<Path> file = firstFile(fs, status);
      if (file.isPresent()) {
        return file.get();
      }
    }
    return found[0].getPath();
  }

  private static Optional<Path> firstFile(FileSystem fs, FileStatus status) throws IOException {
    RemoteIterator<LocatedFileStatus> files = fs.listFiles(status.getPath(), true);
    while (files.hasNext()) {
      Path file = files.next().getPath();
      if (!file.getName().startsWith("_") && !file.getName().startsWith(".")) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }
}
