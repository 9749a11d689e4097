package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.cost.CostTableFile;
import io.drex.model.LoadedModel;
import io.drex.policy.CostTable;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine that plans its flush thresholds, from measured costs or from a file. */
@Timeout(120)
class PlannedFlushTest {
  private static final LoadedModel MODEL = TinyModel.withTwoRamps();
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults().withDevice("sim:noop").withSlots(8);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("costs.json");
  }

  @Test
  void forecastsTheGainOfExitsOnceRowsHaveMetTheRamps() throws InterruptedException {
    assertThat(exitGain(OPTIONS)).isPositive();
  }

  @Test
  void recordsTheThresholdsOverTime() throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(MODEL, OPTIONS)) {
      while (engine.snapshot().exitGain() == 0) {
        serveABatch(engine);
      }
      List<FlushThresholds> history = engine.snapshot().flushThresholds();
      assertThat(history.get(0)).isEqualTo(new FlushThresholds(0, List.of(4, 4)));
      assertThat(history)
          .allSatisfy(t -> assertThat(t.rows()).hasSize(2).allMatch(n -> n >= 1 && n <= 8))
          .isSortedAccordingTo(Comparator.comparingLong(FlushThresholds::fromMicros));
    }
    try (DrexEngine engine = DrexEngine.open(MODEL, OPTIONS.withFlushRows(3))) {
      serveABatch(engine);
      assertThat(engine.snapshot().flushThresholds()).as("fixed").isEmpty();
    }
  }

  @Test
  void learnsFromServingAloneWhereItMayNotMeasure() throws InterruptedException {
    assertThat(exitGain(OPTIONS.withMeasureMillis(0))).isPositive();
  }

  @Test
  void forecastsNothingWhereThereIsNothingToPlan() throws InterruptedException {
    assertThat(exitGainAfterOneBatch(OPTIONS.withFlushRows(3))).isZero();
    assertThat(exitGainAfterOneBatch(OPTIONS.withPolicy("full_depth"))).isZero();
  }

  @Test
  void writesTheCostTableThatItMeasuredAndTakesItTheNextTime()
      throws InterruptedException, IOException {
    EngineOptions options = OPTIONS.withCostTable(file.toString());
    DrexEngine.open(MODEL, options).close();
    CostTable measured = CostTableFile.read(file);
    assertThat(measured.name()).isEqualTo("sim:noop-1");
    assertThat(measured.segments()).hasSize(3);
    assertThat(exitGain(options)).isPositive();
    assertThat(CostTableFile.read(file)).as("not measured again").isEqualTo(measured);
  }

  @Test
  void writesNoCostTableThatItHadNoTimeToMeasure() {
    EngineOptions slow = OPTIONS.withDevice("sim:rtx3090/llama-2-13b").withMeasureMillis(700);
    DrexEngine.open(MODEL, slow.withCostTable(file.toString())).close();
    assertThat(file).doesNotExist();
  }

  @Test
  void saysThatACostTableIsOfAnotherDeviceAndLearnsThisOnes()
      throws InterruptedException, IOException {
    CostTableFile.write(CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_7B, 8, 16), file);
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream stderr = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      assertThat(exitGain(OPTIONS.withCostTable(file.toString()))).isPositive();
    } finally {
      System.setErr(stderr);
    }
    assertThat(log.toString(StandardCharsets.UTF_8))
        .containsOnlyOnce(
            "The cost table " + file + " is of h200/llama-2-7b, but this device is sim:noop-1");
  }

  @Test
  void refusesACostTableOfAnotherCut() throws IOException {
    CostTableFile.write(CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_7B, 16), file);
    assertThatThrownBy(() -> DrexEngine.open(MODEL, OPTIONS.withCostTable(file.toString())))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(
            file
                + " has 2 segments, but the model is cut into 3; name another file in costTable,"
                + " or remove this one to have it measured");
  }

  @Test
  void refusesAFileThatIsNoCostTable() throws IOException {
    Files.writeString(file, "{}");
    assertThatThrownBy(() -> DrexEngine.open(MODEL, OPTIONS.withCostTable(file.toString())))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("the cost table cannot be used: " + file + " is not a cost table");
  }

  /** Serves until there is a forecast. */
  private static double exitGain(EngineOptions options) throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(MODEL, options)) {
      while (engine.snapshot().exitGain() == 0) {
        serveABatch(engine);
      }
      return engine.snapshot().exitGain();
    }
  }

  private static double exitGainAfterOneBatch(EngineOptions options) throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(MODEL, options)) {
      serveABatch(engine);
      return engine.snapshot().exitGain();
    }
  }

  private static void serveABatch(DrexEngine engine) throws InterruptedException {
    try (EngineSession session = engine.openSession("test")) {
      for (int id = 0; id < 50; id++) {
        assertThat(session.submit(Requests.of(id, 10), 60_000)).isTrue();
      }
      Replies.all(session);
    }
  }
}
