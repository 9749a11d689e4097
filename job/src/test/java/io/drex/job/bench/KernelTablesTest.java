package io.drex.job.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.engine.EngineOptions;
import io.drex.spark.conf.DrexConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** K1 to K3 on a model of 0.2 million weights, with little spent on each figure. */
class KernelTablesTest {
  private static final int REPEATS = 2;

  private static final KernelBench SHORT =
      new KernelBench(
          DrexConfig.of(Map.of("spark.drex.bench.repeats", Integer.toString(REPEATS))),
          new Configuration(false),
          Optional.of("synthetic:tiny"),
          EngineOptions.defaults().withDevice("cpu:scalar").withThreads(2),
          new KernelBench.Effort(1000, 0, 1, 2, 1 << 16, 1000, 40));

  @Test
  void measuresThePeaksOfOneThreadAndOfAll() {
    Table table = KernelTable.K1.make(SHORT);
    assertThat(values(table, "threads")).containsExactly("1", "2");
    assertAllMeasured(table, "memory read");
    assertAllMeasured(table, "fp32 multiply-add");
  }

  @Test
  void measuresEveryShapeAndBatchOfLinearLayers() {
    Table table = KernelTable.K2.make(SHORT);
    assertThat(table.rows()).hasSize(2 * 3 * 4);
    assertThat(values(table, "outputs × inputs")).containsOnly("64 × 64", "160 × 64", "64 × 160");
    for (Column column : table.columns()) {
      assertAllMeasured(table, column.name());
    }
    assertThat(table.rows())
        .allSatisfy(
            row -> {
              double batch = Double.parseDouble(row.config().get("batch"));
              double speed = row.figures().get(table.columnIndex("speed")).median();
              double read = row.figures().get(table.columnIndex("weights read")).median();
              String shape = row.config().getOrDefault("outputs × inputs", "");
              int outputs = Integer.parseInt(shape.substring(0, shape.indexOf(' ')));
              double padded =
                  (outputs + PackedMatrix.GROUP - 1) / PackedMatrix.GROUP * PackedMatrix.GROUP;
              // bf16: a row's two operations per weight are as many as the weight has bytes; whole
              // groups of outputs are read, and a few bytes align the matrix.
              double most = batch * outputs / padded;
              assertThat(speed / read).isBetween(.99 * most, most + .001);
            });
  }

  @Test
  void measuresDecodingAndPrefillOfAWholeModel() {
    Table table = KernelTable.K3.make(SHORT);
    assertThat(values(table, "phase")).containsExactly("decode", "decode", "decode", "prefill");
    assertThat(values(table, "batch")).containsExactly("1", "8", "32", "1");
    assertAllMeasured(table, "speed");
  }

  private static void assertAllMeasured(Table table, String column) {
    int index = table.columnIndex(column);
    assertThat(table.rows())
        .isNotEmpty()
        .allSatisfy(
            row -> {
              assertThat(row.figures().get(index).count()).isEqualTo(REPEATS);
              assertThat(row.figures().get(index).min()).isPositive();
              assertThat(row.figures().get(index).max()).isFinite();
            });
  }

  private static List<String> values(Table table, String key) {
    return table.rows().stream().map(row -> row.config().get(key)).toList();
  }
}
