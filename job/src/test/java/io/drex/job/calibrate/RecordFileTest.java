package io.drex.job.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.KvFill;
import io.drex.engine.ExitTally;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.JobException;
import io.drex.model.ConfidenceMetric;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {
  private static final String TEXT =
      """
      # {"budget":"exact>=0.9","candidates":[[0.9],["off"]]}
      row,loss_1,depth_1,loss_2,depth_2
      0,0,3.5,0.33333,2
      1,1,8,0,2.25
      """;

  @TempDir Path folder;

  @Test
  void writesALineForEachRow() throws IOException {
    Path file = folder.resolve("new/losses.csv");
    write(file);
    assertThat(Files.readString(file)).isEqualTo(TEXT);
    try (var files = Files.list(file.getParent())) {
      assertThat(files).as("no checksum files").hasSize(1);
    }
  }

  @Test
  void compressesWhatEndsWithGz() throws IOException {
    Path file = folder.resolve("losses.csv.gz");
    write(file);
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(TEXT);
    }
  }

  @Test
  void refusesOtherNamesAndFilesThatExist() throws IOException {
    assertThatThrownBy(() -> of("losses.parquet"))
        .hasMessageContaining("--record")
        .hasMessageContaining("ends with .csv or .csv.gz");
    Files.createFile(folder.resolve("there.csv"));
    assertThatThrownBy(() -> of("there.csv"))
        .hasMessageEndingWith("there.csv exists; remove it, or name another");
  }

  @Test
  void leavesNothingBehindWhenItCannotWrite() throws IOException {
    for (String name : List.of("losses.csv", "losses.csv.gz")) {
      assertThatThrownBy(() -> write("full:" + folder.resolve(name), FullDisk.configuration()))
          .isInstanceOf(JobException.class)
          .hasMessageContaining("--record full:")
          .hasMessageEndingWith(name + " cannot be written: " + FullDisk.MESSAGE);
      assertThat(folder.resolve(name)).doesNotExist();
    }
  }

  @Test
  void leavesAFileAloneThatAppearedMeanwhile() throws IOException {
    Path file = folder.resolve("losses.csv");
    RecordFile record = of("losses.csv");
    Files.writeString(file, "another's");
    assertThatThrownBy(() -> write(record)).hasMessageContaining("cannot be written");
    assertThat(file).hasContent("another's");
  }

  private void write(Path file) {
    write(file.toString(), new Configuration());
  }

  private static void write(String name, Configuration hadoop) {
    write(RecordFile.of(name, hadoop));
  }

  private static void write(RecordFile file) {
    file.write(
        JsonFile.mapper().createObjectNode().put("budget", "exact>=0.9"),
        List.of(
            run(0.9f, List.of(0.0, 1.0), List.of(3.5, 8.0)),
            run(RampSpec.OFF, List.of(1 / 3.0, 0.0), List.of(2.0, 2.25))));
  }

  private RecordFile of(String name) {
    return RecordFile.of(folder.resolve(name).toString(), new Configuration());
  }

  private static CandidateRun run(float threshold, List<Double> losses, List<Double> depths) {
    RampSpec ramp = new RampSpec(2, ConfidenceMetric.MAX_PROB, threshold);
    ModelSpec spec =
        new ModelSpec(
            ModelFamily.LLAMA, 8, 8, 10, 4, 2, 2, 20, 64, 1e-5f, 10_000, true, List.of(ramp));
    return new CandidateRun(
        new Candidate(0, List.of(ramp)), losses, depths, new ExitTally(spec, KvFill.MAP));
  }
}
