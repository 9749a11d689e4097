package io.drex.job.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.engine.EngineSnapshot;
import io.drex.engine.FlushThresholds;
import io.drex.job.TestJob;
import io.drex.spark.journal.EngineReading;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTableTest {
  @TempDir private Path folder;

  @Test
  void aRowTellsOneEnginesCountersAndThresholds() throws IOException {
    EngineSnapshot snapshot =
        new EngineSnapshot(
            "engine-1",
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            9,
            10,
            11,
            12,
            13,
            14,
            15,
            16,
            17,
            18,
            19,
            20,
            1.5,
            List.of(new FlushThresholds(0, List.of(4, 4)), new FlushThresholds(21, List.of(2, 7))));
    OutputLayout layout = OutputLayout.of(folder.toString(), new Configuration());
    Configuration hadoop = TestJob.spark().sparkContext().hadoopConfiguration();
    EngineLog log = new EngineLog(layout, hadoop);
    log.write("run-1", List.of(new EngineReading("3", "cpu", 12, snapshot)));
    MetricsTable.write(TestJob.spark(), layout, log);
    List<Row> rows = TestJob.spark().read().parquet(layout.metrics().toString()).collectAsList();
    assertThat(rows).hasSize(1);
    Row row = rows.get(0);
    assertThat(row.<String>getAs("engine_id")).isEqualTo("engine-1");
    assertThat(row.<Long>getAs("completed")).isEqualTo(2);
    assertThat(row.<Long>getAs("late_rows")).isEqualTo(15);
    assertThat(row.<Long>getAs("kv_bytes_plain_peak")).isEqualTo(20);
    List<Row> thresholds = row.getList(row.fieldIndex("flush_thresholds"));
    assertThat(thresholds).extracting(t -> t.<Long>getAs("from_us")).containsExactly(0L, 21L);
    assertThat(thresholds.get(1).<Integer>getList(1)).containsExactly(2, 7);
  }
}
