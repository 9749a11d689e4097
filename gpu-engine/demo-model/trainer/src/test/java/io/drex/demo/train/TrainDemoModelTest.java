package io.drex.demo.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.engine.Completion;
import io.drex.engine.DrexEngine;
import io.drex.engine.EngineOptions;
import io.drex.engine.EngineSession;
import io.drex.engine.FinishReason;
import io.drex.engine.Request;
import io.drex.engine.SamplingParams;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.Prompt;
import io.drex.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains a tiny model for 20 steps; masking begins half-way. */
class TrainDemoModelTest {
  private static final String TINY =
      "--steps=20 --validate-every=10 --batch-tokens=1024 --layers=2 --hidden=32 --heads=2"
          + " --kv-heads=1 --ffn=64 --vocab=400 --tokenizer-articles=200 --ramps=1"
          + " --ramp-weights=.2 --lr=.02 --mask-from=.5";

  @TempDir private Path folder;

  @Test
  void theProductGeneratesWithTheFolder() throws InterruptedException, BadPromptException {
    assertThat(train("--threads=2")).isZero();
    LoadedModel model = ModelLoader.load(folder);
    Tokenizer tokenizer = Tokenizer.open(folder);
    tokenizer.requireFits(model.spec());
    int[] prompt = tokenizer.encode(Prompt.untrusted("A fire broke out.\nSummary:"));
    try (DrexEngine engine = DrexEngine.open(model, EngineOptions.defaults().withSlots(1));
        EngineSession session = engine.openSession("test")) {
      session.submit(new Request(1, prompt, new SamplingParams(8)), 10_000);
      Completion completion = Objects.requireNonNull(session.poll(60_000), "no completion");
      assertThat(completion.finishReason()).isNotEqualTo(FinishReason.ERROR);
      assertThat(completion.tokens()).isNotEmpty();
    }
  }

  @Test
  void anInterruptedRunEndsWithTheSameBytes(@TempDir Path other) throws IOException {
    assertThat(train("--threads=1")).isZero();
    byte[] whole = Files.readAllBytes(folder.resolve("model.safetensors"));
    List<String> curve = Files.readAllLines(folder.resolve("curve.csv"));
    String out = "--out=" + other;
    assertThat(TrainDemoModel.run(options(out, "--threads=1", "--stop-at=10"))).isZero();
    assertThat(TrainDemoModel.run(options(out, "--threads=1", "--resume=" + other))).isZero();
    assertThat(other.resolve("model.safetensors")).hasBinaryContent(whole);
    List<String> resumed = Files.readAllLines(other.resolve("curve.csv"));
    assertThat(withoutTimes(resumed)).isEqualTo(withoutTimes(curve));
  }

  @Test
  void theLossFallsAndIsWrittenDown() throws IOException {
    assertThat(train("--threads=1")).isZero();
    List<String[]> lines =
        Files.readAllLines(folder.resolve("curve.csv")).stream()
            .map(line -> line.split(",", -1))
            .toList();
    assertThat(lines.get(0)).startsWith("step", "tokens", "cpu_seconds").endsWith("full_agreement");
    assertThat(lines).allMatch(cells -> cells.length == lines.get(0).length);
    assertThat(lines).extracting(cells -> cells[0]).containsExactly("step", "1", "10", "20");
    double first = Double.parseDouble(lines.get(1)[5]);
    double last = Double.parseDouble(lines.get(3)[5]);
    assertThat(first).isBetween(5.5, 6.5);
    assertThat(last).isLessThan(first - .25);
  }

  @Test
  void wrongOptionsAreWrongUsage() {
    String[] fourWeights = {
      "--out=" + folder, "--tokenizer-articles=10", "--ramp-weights=.1,.2,.3,.4"
    };
    assertThat(TrainDemoModel.run(fourWeights)).isEqualTo(2);
    assertThat(TrainDemoModel.run("--out=" + folder, "--threads=0")).isEqualTo(2);
  }

  private int train(String option) {
    return TrainDemoModel.run(options("--out=" + folder, option));
  }

  private static String[] options(String... more) {
    return Stream.concat(Arrays.stream(TINY.split(" ")), Arrays.stream(more))
        .toArray(String[]::new);
  }

  /** Lines without their CPU time and clock time. */
  private static List<String> withoutTimes(List<String> lines) {
    return lines.stream()
        .map(line -> line.replaceFirst("^(\\d+,\\d+),[\\d.]+,[\\d.]+", "$1"))
        .toList();
  }
}
