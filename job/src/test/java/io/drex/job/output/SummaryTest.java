package io.drex.job.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.engine.EngineSnapshot;
import io.drex.spark.journal.EngineReading;
import java.util.List;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static final OutputLayout LAYOUT = new OutputLayout(new Path("file:/out"));

  @Test
  void aSecondLoadInOneExecutorShows() {
    List<EngineReading> engines = List.of(reading("1", "a"), reading("1", "b"), reading("2", "c"));

    assertThat(lines(engines)).anyMatch(line -> line.contains("3 model loads on 2 executors: "));
  }

  @Test
  void tellsTheRunsTokensPerSecondApartFromItsEngines() {
    assertThat(lines(List.of(reading("1", "a"))))
        .anyMatch(line -> line.contains("2000.0 decode tokens/s, 20.0 end to end"));
  }

  @Test
  void tellsWhatExitsAreForecastToGain() {
    assertThat(lines(List.of(reading("1", "a"))))
        .anyMatch(line -> line.contains("200 bytes, exits forecast at 1.25 times full_depth"));
  }

  @Test
  void aSyntheticRunSaysSoFirst() {
    RunFigures run =
        new RunFigures(
            new RunFigures.Rows(3, 3, 0),
            TableFigures.none(),
            new TreeMap<>(),
            List.of(),
            new RunFigures.Generating(10, 0.5),
            1);
    assertThat(Summary.lines(LAYOUT, run, List.of(2, 8), new RunLabels(false, true)))
        .hasSize(11)
        .first()
        .asString()
        .startsWith("synthetic   confidences and output lengths are not the model's own");
  }

  private static List<String> lines(List<EngineReading> engines) {
    RunFigures run =
        new RunFigures(
            new RunFigures.Rows(3, 3, 0),
            TableFigures.none(),
            new TreeMap<>(),
            engines,
            new RunFigures.Generating(10, 0.5),
            1);
    return Summary.lines(LAYOUT, run, List.of(2, 8), new RunLabels(false, false));
  }

  /** 15 tokens, also those of an earlier run, 10 of them decoded in 5 of 9 milliseconds. */
  private static EngineReading reading(String executor, String engine) {
    return new EngineReading(
        executor,
        "cpu",
        12,
        new EngineSnapshot(
            engine, 3, 3, 9, 1, 30, 12, 15, 10, 2, 4, 0, 0, 0, 0, 0, 9000, 5000, 100, 90, 200, 1.25,
            List.of()));
  }
}
