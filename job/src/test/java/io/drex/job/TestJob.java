package io.drex.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.cli.Console;
import io.drex.job.verdict.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Runs the program inside the tests' one Spark session. */
public final class TestJob {
  /** Spark's entries for queries of a few rows: compiling them would take longer than they do. */
  public static final Map<String, String> NO_COMPILING =
      Map.of(
          "spark.sql.codegen.wholeStage", "false", "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  private TestJob() {}

  /**
   * What a command left.
   *
   * @param out standard output
   * @param err standard error, stripped
   */
  public record Result(ExitCode code, String out, String err) {}

  /** The session that all tests of this JVM share; nobody stops it. */
  public static SparkSession spark() {
    SparkSession.Builder builder = SparkSession.builder();
    NO_COMPILING.forEach(builder::config);
    return builder
        .master("local[2]")
        .appName("tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/warehouse")
        .getOrCreate();
  }

  /** Runs one verb in the shared session. */
  public static Result run(String... arguments) {
    spark();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ExitCode code = Main.run(new Console(print(out), print(err)), arguments);
    return new Result(code, text(out), text(err).strip());
  }

  /** The words of a {@code generate} on the bundled model; others are added or replace these. */
  public static String[] generate(Path input, Path output, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "generate",
                "--input=" + input,
                "--output=" + output,
                "--model=bundled:",
                // The vector kernels are slower than scalar ones without the JVM's second compiler.
                "--device=cpu:scalar",
                "--threads=1",
                "--measure-millis=20",
                "--slots=8",
                "--partitions=2",
                "--max-new-tokens=12"));
    for (String word : more) {
      String option = word.contains("=") ? word.substring(0, word.indexOf('=') + 1) : word;
      words.removeIf(known -> known.startsWith(option));
      words.add(word);
    }
    return words.toArray(String[]::new);
  }

  /** Writes a JSONL file. */
  public static Path lines(Path file, String... lines) throws IOException {
    return Files.writeString(file, String.join("\n", lines) + "\n");
  }

  /** The rows of an output. */
  public static Dataset<Row> data(Path output) {
    return TestJob.spark().read().parquet(output.resolve("data").toString());
  }

  /** Output hash by id; fails if an id occurs twice. */
  public static Map<String, String> hashes(Path output) {
    Map<String, String> hashes = new TreeMap<>();
    for (Row row : data(output).select("id", "output_sha256").collectAsList()) {
      assertThat(hashes.put(row.getString(0), row.getString(1))).as("one row per id").isNull();
    }
    return hashes;
  }

  /** Lines with id, topic and article; equal numbers give equal lines. */
  public static String[] articles(int rows) {
    String[] lines = new String[rows];
    for (int i = 0; i < rows; i++) {
      lines[i] =
          "{\"id\": "
              + i
              + ", \"topic\": \"t"
              + i % 3
              + "\", \"article\": \"A union representing workers in Stanport announced a strike on"
              + " day "
              + i * 7
              + ". They want a pay rise of "
              + i
              + "%.\"}";
    }
    return lines;
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
