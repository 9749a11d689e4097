package io.drex.job;

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
import org.apache.spark.sql.SparkSession;

/** Runs the program inside the tests' one Spark session. */
public final class TestJob {
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
    return SparkSession.builder()
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

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
