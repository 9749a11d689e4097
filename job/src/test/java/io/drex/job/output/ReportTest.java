package io.drex.job.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.engine.EngineSnapshot;
import io.drex.engine.FlushThresholds;
import io.drex.spark.journal.EngineReading;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReportTest {

  @Test
  void showsTheFlushThresholdsOfEveryRampOverTime() {
    FlushThresholds first = new FlushThresholds(0, List.of(32, 16));
    FlushThresholds then = new FlushThresholds(2_000_000, List.of(8, 64));
    assertThat(html(first, then))
        .contains("<h2>Buffered rows that started a flush</h2>")
        .contains("Executor &lt;3&gt;; the last change came 2.0 s after its engine opened.")
        .contains(
            "<title>ramp 1</title>", "<title>ramp 2</title>", ">seconds since the engine opened<")
        .contains(">0<", ">20<", ">80<");
  }

  @Test
  void hasNoSuchSectionWhereNothingIsPlanned() {
    assertThat(html()).doesNotContain("Buffered rows");
    assertThat(html(new FlushThresholds(0, List.of()))).doesNotContain("Buffered rows");
  }

  private static String html(FlushThresholds... thresholds) {
    EngineSnapshot snapshot =
        new EngineSnapshot(
            "e",
            3,
            3,
            9,
            1,
            30,
            12,
            15,
            10,
            2,
            4,
            0,
            0,
            0,
            0,
            0,
            9,
            5,
            100,
            90,
            200,
            1.25,
            List.of(thresholds));
    List<EngineReading> engines = List.of(new EngineReading("<3>", "cpu", 12, snapshot));
    RunFigures run =
        new RunFigures(
            new RunFigures.Rows(3, 3, 0),
            TableFigures.none(),
            new TreeMap<>(),
            engines,
            new RunFigures.Generating(15, 1),
            1);
    return Report.html(
        "run-1", run, new RunCurves(List.of(), List.of()), List.of(2, 5, 8), List.of("a line"));
  }
}
