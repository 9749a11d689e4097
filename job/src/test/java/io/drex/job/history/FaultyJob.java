package io.drex.job.history;

import io.drex.job.TestJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The job that faults happen to, below one folder. */
final class FaultyJob {
  static final int ROWS = 2_000;

  private FaultyJob() {}

  /** Writes the input, the undisturbed output, and a store without faults. */
  static void prepare(Path folder) throws IOException {
    TestJob.lines(input(folder), TestJob.articles(ROWS));
    TestJob.run(words(folder, undisturbed(folder).toString()));
    failStore(folder, 0);
  }

  static Path undisturbed(Path folder) {
    return folder.resolve("undisturbed");
  }

  /** Generates to an output whose store may fail. */
  static String[] command(Path folder, Path output) {
    return words(folder, "faulty:" + output);
  }

  /** The same without faults of the store. */
  static String[] calmCommand(Path folder, Path output) {
    return words(folder, output.toString());
  }

  static void failStore(Path folder, double share) throws IOException {
    FaultyFileSystem.fail(rateFile(folder), share);
  }

  /** Arguments of a driver's JVM by which it knows the store. */
  static List<String> properties(Path folder) {
    return FaultyFileSystem.settings(rateFile(folder)).entrySet().stream()
        .map(entry -> "-Dspark.hadoop." + entry.getKey() + "=" + entry.getValue())
        .toList();
  }

  private static String[] words(Path folder, String output) {
    String[] words =
        TestJob.generate(
            input(folder),
            Path.of("/"),
            "--id-col=id",
            "--device=sim:noop",
            "--partitions=6",
            "--journal-seconds=1",
            "--rows-per-file=150", // so that a commit shows its files one after the other
            "--measure-millis=0");
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].startsWith("--output=") ? "--output=" + output : words[i];
    }
    return words;
  }

  private static Path input(Path folder) {
    return folder.resolve("in.jsonl");
  }

  private static Path rateFile(Path folder) {
    return folder.resolve("rate");
  }
}
