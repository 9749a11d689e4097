package io.drex.job.bench;

import io.drex.demo.corpus.ArticleGenerator;
import io.drex.engine.SamplingParams;
import io.drex.job.Main;
import io.drex.job.cli.Console;
import io.drex.job.engine.LocalEngine;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.local.LocalFs;
import org.apache.spark.sql.SparkSession;

/**
 * Prints how many rows a second {@code generate} makes in {@code local[2]} beside the engine alone,
 * which gets the same articles as tokens; start-up excluded. They take turns, and a run of the job
 * is compared with the mean of the engine's runs before and after it, because machines change their
 * speed. Arguments: rows, runs of the job. Not a test: run it alone on a quiet machine.
 */
public final class JobBenchmark {
  private static final Pattern SECONDS = Pattern.compile("generating took ([0-9.]+) s");

  private static final String MODEL = "bundled:";
  private static final String DEVICE = "cpu";

  private JobBenchmark() {}

  public static void main(String[] args) throws IOException {
    int rows = Integer.parseInt(args[0]);
    int turns = Integer.parseInt(args[1]);
    SparkSession.builder() // the one that the job finds; as users have it, and not as tests do
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.hadoop.fs.file.impl", LocalFileSystem.class.getName())
        .config("spark.hadoop.fs.AbstractFileSystem.file.impl", LocalFs.class.getName())
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate();
    Path folder = Files.createTempDirectory("drex-job-benchmark");
    Path input = folder.resolve("articles.jsonl");
    writeArticles(input, rows);
    engineRowsPerSecond(rows / 8); // the first of each warms up
    jobRowsPerSecond(input, folder.resolve("warm-up"), rows);
    List<Double> shares = new ArrayList<>();
    double before = engineRowsPerSecond(rows);
    for (int turn = 0; turn < turns; turn++) {
      double job = jobRowsPerSecond(input, folder.resolve("output-" + turn), rows);
      double after = engineRowsPerSecond(rows);
      double share = 100 * job / ((before + after) / 2);
      System.out.printf(
          "turn %d: engine %.1f rows/s, generate %.1f, engine %.1f, share %.1f %%%n",
          turn, before, job, after, share);
      shares.add(share);
      before = after;
    }
    Repeats all = Repeats.of(shares, Double::doubleValue);
    System.out.printf(
        "generate makes %.1f %% of the engine's rows/s (median; %.1f to %.1f)%n",
        all.median(), all.min(), all.max());
    System.exit(0);
  }

  private static void writeArticles(Path file, int rows) throws IOException {
    ArticleGenerator generator = new ArticleGenerator(0);
    try (var out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < rows; i++) {
        String article = generator.article(ArticleGenerator.TEST_FIRST + i).article();
        out.write("{\"id\":" + i + ",\"article\":\"" + article.replace("\"", "\\\"") + "\"}\n");
      }
    }
  }

  private static double engineRowsPerSecond(int rows) {
    DrexConfig config =
        DrexConfig.of(
            Map.of(
                ConfigKeys.MODEL.sparkKey(), MODEL,
                ConfigKeys.DEVICE.sparkKey(), DEVICE,
                ConfigKeys.ARTICLES.sparkKey(), Integer.toString(rows)));
    MeasuredBench bench = MeasuredBench.open(config, new Configuration());
    SamplingParams sampling = new SamplingParams(config.value(ConfigKeys.MAX_NEW_TOKENS));
    try (LocalEngine engine = LocalEngine.open(bench.model(), bench.options())) {
      engine.complete(bench.corpus().prompts().subList(0, Math.min(rows, 200)), sampling);
      return rows
          / (MeasuredBench.measured(engine, bench.corpus().prompts(), sampling).nanos() / 1e9);
    }
  }

  private static double jobRowsPerSecond(Path input, Path output, int rows) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
    Main.run(
        new Console(out, out),
        "generate",
        "--input=" + input,
        "--output=" + output,
        "--model=" + MODEL,
        "--id-col=id",
        "--device=" + DEVICE);
    Matcher seconds = SECONDS.matcher(text.toString(StandardCharsets.UTF_8));
    if (!seconds.find()) {
      throw new IllegalStateException(text.toString(StandardCharsets.UTF_8));
    }
    return rows / Double.parseDouble(seconds.group(1));
  }
}
