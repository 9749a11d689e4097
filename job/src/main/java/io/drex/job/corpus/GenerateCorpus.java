package io.drex.job.corpus;

import io.drex.demo.corpus.ArticleGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command that writes N synthetic articles. Only {@code --format parquet} needs Spark. */
@Command(
    name = "generate-corpus",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Writes synthetic news-like articles with one-sentence reference summaries: columns"
            + " id, topic, hard_slot, article, summary.")
public final class GenerateCorpus implements Callable<Integer> {
  private static final int FAILURE = 1;

  @Spec private CommandSpec spec;

  @Option(names = "--rows", required = true, description = "Number of articles, at least 1.")
  private long rows;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Chooses the corpus; 0 (the default) is the bundled model's.")
  private long seed;

  @Option(
      names = "--first-index",
      defaultValue = "" + ArticleGenerator.TEST_FIRST,
      description =
          "Index of the first article; default ${DEFAULT-VALUE}, the first one of seed 0 that the"
              + " bundled model was neither trained nor tuned on; from "
              + ArticleGenerator.CALIBRATION_FIRST
              + " on, articles to calibrate it with.")
  private long firstIndex;

  @Option(
      names = "--format",
      defaultValue = "jsonl",
      description = "jsonl (a file) or parquet (a directory); default ${DEFAULT-VALUE}.")
  private CorpusFormat format;

  @Option(names = "--out", required = true, description = "Where to write; must not exist yet.")
  private Path out;

  /** Runs the command and ends the JVM with its exit code: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs the command and returns its exit code. */
  static int run(String... args) {
    return new CommandLine(new GenerateCorpus())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("generate-corpus: " + failure.getMessage());
              return FAILURE;
            })
        .execute(args);
  }

  @Override
  public Integer call() throws IOException {
    long end = checkedEnd();
    if (Files.exists(out)) {
      throw usage("--out " + out + " exists already; remove it or name another path");
    }
    switch (format) {
      case JSONL ->
          JsonLines.write(new ArticleGenerator(seed).articles(firstIndex, end).iterator(), out);
      case PARQUET -> CorpusTable.writeParquet(seed, firstIndex, end, out.toString());
    }
    return 0;
  }

  private long checkedEnd() {
    if (rows < 1) {
      throw usage("--rows must be at least 1, but is " + rows);
    }
    try {
      return Math.addExact(firstIndex, rows);
    } catch (ArithmeticException overflow) {
      throw usage(
          "--first-index " + firstIndex + " plus --rows " + rows + " is beyond " + Long.MAX_VALUE);
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
