package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.arrow.CompletionBatch;
import io.drex.arrow.RowOutcome;
import io.drex.arrow.TokenStats;
import io.drex.engine.ErrorCode;
import io.drex.engine.RowError;
import io.drex.spark.journal.JournalFiles;
import io.drex.spark.journal.JournalShard;
import io.drex.spark.journal.JournalTable;
import io.drex.spark.journal.JournalWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinishedRowsTest {
  private static final Duration INTERVAL = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private final ProgressCounters progress =
      new ProgressCounters(
          new LongAccumulator(),
          new LongAccumulator(),
          new LongAccumulator(),
          new LongAccumulator(),
          new LongAccumulator());

  @Test
  void noFinishedRowWaitsLongerThanTheInterval() throws IOException {
    try (BufferAllocator allocator = new RootAllocator();
        CompletionBatch batch =
            new CompletionBatch(
                allocator, 8, TokenStats.OMITTED, TokenStats.OMITTED, TokenStats.OMITTED);
        JournalWriter journal = journal(batch)) {
      FinishedRows rows =
          new FinishedRows(
              batch, journal, new FinishedRows.Measures(progress, 8), INTERVAL, nanos::get);
      nanos.set(INTERVAL.toNanos() * 5);
      rows.publishIfDue();
      rows.add(failed("a"), RowFactory.create());
      nanos.addAndGet(INTERVAL.toNanos() - 1);
      rows.add(failed("b"), RowFactory.create());
      rows.publishIfDue();
      assertThat(journal.published()).isEmpty();
      nanos.incrementAndGet();
      rows.publishIfDue();
      assertThat(journal.published()).hasSize(1);
      nanos.addAndGet(INTERVAL.toNanos());
      rows.publishIfDue();
      rows.publish();
      assertThat(journal.published()).hasSize(1);
      TaskReport report = rows.report(new TaskPlace(1, 2, 0, "driver"), 0);
      assertThat(report)
          .isEqualTo(
              new TaskReport(
                  1,
                  2,
                  "driver",
                  new TaskReport.Counts(2, 0, 2, 0),
                  List.of("shard-1-attempt-2-0.parquet")));
      assertThat(progress.errors().value()).isEqualTo(2);
    }
  }

  private JournalWriter journal(CompletionBatch batch) {
    org.apache.hadoop.fs.Path journal = new org.apache.hadoop.fs.Path(folder.toUri());
    StructType none = new StructType();
    Map<String, Object> constants =
        Map.of("run_id", "run-1", "model", "m@1", "fingerprint", "f", "attempt", 0);
    return JournalWriter.create(
        new JournalShard(new Configuration(), JournalFiles.runFolder(journal, "run-1"), 1, 2),
        new JournalTable(OutputSchema.with(none), constants, none),
        batch,
        Optional::empty);
  }

  private static RowOutcome failed(String id) {
    RowError error = new RowError(ErrorCode.EMPTY_PROMPT, "null or blank");
    return new RowOutcome.Failed(id, new byte[RowKey.BYTES], null, null, error);
  }
}
