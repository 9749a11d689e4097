package io.drex.job.quickstart;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what came out of one corpus under {@code rebatch} and under {@code full_depth}. */
@Command(
    name = "quickstart-report",
    mixinStandardHelpOptions = true,
    description =
        "Prints summaries, quality, exit depths and speed of two finished runs over one corpus.")
public final class QuickstartReport implements Callable<Integer> {
  private static final int EXAMPLES = 3;
  private static final List<String> RUN_FILES =
      List.of("report.html", "metrics.parquet", "manifest.json");

  @Spec private CommandSpec spec;

  @Option(
      names = "--rebatch",
      required = true,
      description = "Output folder of the run with exits.")
  private String rebatch;

  @Option(
      names = "--full-depth",
      required = true,
      description = "Output folder of the run without.")
  private String fullDepth;

  /** Runs the command and ends the JVM with its exit code: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(run(new PrintWriter(System.out, true), args));
  }

  static int run(PrintWriter out, String... args) {
    return new CommandLine(new QuickstartReport())
        .setOut(out)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("quickstart-report: " + failure.getMessage());
              return 1;
            })
        .execute(args);
  }

  @Override
  public Integer call() throws IOException {
    // Only reads tables, so no engine is loaded.
    try (SparkSession spark =
        SparkSession.builder()
            .appName("drex-quickstart-report")
            .config("spark.plugins", "")
            .getOrCreate()) {
      RunReader reader = new RunReader(spark, EXAMPLES);
      PrintWriter out = spec.commandLine().getOut();
      out.print(ReportText.of(reader.read(rebatch), reader.read(fullDepth)));
      for (String output : List.of(rebatch, fullDepth)) {
        out.println("Parquet  " + output + "/data");
        printRunFiles(spark, output, out);
      }
      out.flush();
    }
    return 0;
  }

  private static void printRunFiles(SparkSession spark, String output, PrintWriter out)
      throws IOException {
    Path run = new Path(output, "_drex");
    FileSystem files = run.getFileSystem(spark.sparkContext().hadoopConfiguration());
    for (String name : RUN_FILES) {
      if (files.exists(new Path(run, name))) {
        out.println("         " + output + "/_drex/" + name);
      }
    }
  }
}
