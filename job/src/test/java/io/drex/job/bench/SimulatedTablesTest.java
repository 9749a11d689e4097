package io.drex.job.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulated tables, of few tokens: what they say must hold however short they are. */
class SimulatedTablesTest {
  private static final SimBench SHORT = new SimBench(Gpu.H200, ModelShape.LLAMA_2_13B, 1, 1_000, 1);

  @ParameterizedTest
  @EnumSource(SimulatedTable.class)
  void everyRowSaysWhatItDependsOn(SimulatedTable name) {
    Table table = name.make(SHORT);
    assertThat(table.id()).isEqualTo(name.name());
    assertThat(table.rows())
        .isNotEmpty()
        .allSatisfy(
            row ->
                assertThat(row.config())
                    .containsKeys("build", "costs", "ramp depths", "exit rates", "slots", "seeds"));
    assertThat(table.rows().stream().map(Row::config)).doesNotHaveDuplicates();
    table.plot().ifPresent(plot -> plot.columns().forEach(table::columnIndex));
  }

  @Test
  void rebatchForcesNobodyInAnyTable() {
    for (SimulatedTable name : List.of(SimulatedTable.T1, SimulatedTable.T3)) {
      Table table = name.make(SHORT);
      table.rows().stream()
          .filter(row -> "rebatch".equals(row.config().get(SimBench.POLICY)))
          .forEach(
              row -> {
                assertThat(value(table, row, "involuntary exits")).isZero();
                assertThat(value(table, row, "involuntary stays")).isZero();
                assertThat(value(table, row, "exit share")).isBetween(0.0, 100.0);
              });
    }
  }

  @Test
  void rebatchIsFasterThanArtAtEqualSlots() {
    Table table = SimulatedTable.N1.make(SHORT);
    assertThat(table.rows())
        .allSatisfy(
            row -> assertThat(value(table, row, "rebatch over the better art")).isPositive());
  }

  @Test
  void overheadIsTheHeadAndTheLaunch() {
    Table table = SimulatedTable.T7.make(SHORT);
    for (Row row : table.rows()) {
      double parts = value(table, row, "the ramp's head") + value(table, row, "the second launch");
      double step = 100 + parts;
      assertThat(value(table, row, "throughput lost where no row is confident"))
          .isBetween(100 * parts / step - .1, 100 * parts / step + .1);
    }
  }

  @Test
  void exitsAndStaysOfArtAreNearThePublishedOnes() {
    Table table =
        SimulatedTable.T4.make(new SimBench(Gpu.H200, ModelShape.LLAMA_2_13B, 1, 30_000, 1));
    for (Row row : table.rows()) {
      assertThat(value(table, row, "exit share") - value(table, row, "their exit share"))
          .isBetween(-1.5, 1.5);
      assertThat(
              value(table, row, "involuntary stays") - value(table, row, "their involuntary stays"))
          .isBetween(-1.5, 1.5);
    }
  }

  @Test
  void exitsHoldLessKvThanAPlainCache() {
    Table table = SimulatedTable.T9.make(SHORT);
    assertThat(table.rows())
        .allSatisfy(row -> assertThat(value(table, row, "saved")).isBetween(1.0, 99.0));
  }

  @Test
  void followingTheAdviceLosesNextToNothing() {
    Table table = SimulatedTable.N2.make(SHORT);
    assertThat(table.rows())
        .allSatisfy(
            row ->
                assertThat(value(table, row, "lost by following the advice")).isBetween(0.0, 3.0));
  }

  private static double value(Table table, Row row, String column) {
    return row.figures().get(table.columnIndex(column)).median();
  }
}
