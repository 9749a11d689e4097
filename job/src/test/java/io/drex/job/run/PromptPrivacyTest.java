package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompts, good and bad ones, and settings are planted with words that must not come up again. */
@Tag("slow")
class PromptPrivacyTest {
  private static final String CANARY = "c4n4ry";
  private static final String SECRET = "s3cr3t";

  @TempDir Path folder;

  @Test
  void neitherPromptsNorSecretsReachLogsEventLogsDocumentsOrTempFiles()
      throws IOException, InterruptedException {
    Path input =
        TestJob.lines(
            folder.resolve("in.jsonl"),
            "{\"id\": 1, \"article\": \"good " + CANARY + "\"}",
            "{\"id\": 2, \"article\": \"long " + (CANARY + " ").repeat(2000) + "\"}",
            "{\"id\": 3, \"article\": \"control <|eos|> " + CANARY + "\"}");
    Path output = folder.resolve("out");
    Path work = Files.createDirectories(folder.resolve("driver"));
    Path temp = Files.createDirectories(folder.resolve("temp"));
    List<String> options =
        List.of(
            "-Dspark.sql.codegen.wholeStage=true", // which writes code, and may log it
            "-Dspark.sql.codegen.factoryMode=FALLBACK",
            "-Djava.io.tmpdir=" + temp,
            "-Dspark.local.dir=" + temp,
            "-Dspark.hadoop.fs.s3a.secret.key=" + SECRET,
            "-Dspark.executorEnv.AWS_SECRET_ACCESS_KEY=" + SECRET,
            "-Dspark.hadoop.some.url=s3a://user:" + SECRET + "@bucket/x");
    try (DriverProcess driver =
        DriverProcess.start(
            work,
            "local[2]",
            options,
            generate(input, output, "--id-col=id", "--device=sim:noop"))) {
      assertThat(driver.awaitEnd()).isTrue();
      assertThat(driver.process().exitValue()).as("the driver said %s", driver.log()).isZero();
    }

    assertThat(Files.readString(work.resolve("driver.log"))).contains("rows        3 in the table");
    assertThat(files(work.resolve(DriverProcess.EVENTS))).isNotEmpty();
    for (Path place : List.of(work, temp, output.resolve("_drex"), output.resolve("errors"))) {
      for (Path file : files(place)) {
        // Byte for character, so that the word is found in binary files too.
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(text.contains(CANARY)).as("%s holds prompt text", file).isFalse();
        assertThat(text.contains(SECRET)).as("%s holds a secret", file).isFalse();
      }
    }
    for (String message :
        TestJob.data(output).select("error.message").na().fill("").collectAsList().stream()
            .map(row -> row.getString(0))
            .toList()) {
      assertThat(message).doesNotContain(CANARY);
    }
  }

  private static List<Path> files(Path place) throws IOException {
    try (Stream<Path> files = Files.walk(place)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
