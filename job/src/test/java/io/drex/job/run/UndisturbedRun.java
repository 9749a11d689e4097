package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FileUtil;

/**
 * What the usual command makes of the usual articles when nothing goes wrong; run once in a JVM.
 */
final class UndisturbedRun {
  private static final Map<Integer, Map<String, String>> HASHES = new ConcurrentHashMap<>();

  private UndisturbedRun() {}

  /** Output hash by id of so many articles. */
  static Map<String, String> hashes(int rows) {
    return HASHES.computeIfAbsent(rows, UndisturbedRun::run);
  }

  private static Map<String, String> run(int rows) {
    try {
      Path folder = Files.createTempDirectory("undisturbed");
      try {
        Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(rows));
        Path output = folder.resolve("out");
        Result result = TestJob.run(TestJob.generate(input, output, "--id-col=id"));
        assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.OK);
        Map<String, String> hashes = TestJob.hashes(output);
        assertThat(hashes).hasSize(rows);
        return Map.copyOf(hashes);
      } finally {
        FileUtil.fullyDelete(folder.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
