package io.drex.job.output;

import io.drex.engine.EngineSnapshot;
import io.drex.engine.FlushThresholds;
import io.drex.spark.journal.EngineReading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** {@code metrics.parquet}: one row per run and engine, for all runs of an output. */
final class MetricsTable {
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "run_id string comment 'the run',"
              + " engine_id string comment 'one opening of the model',"
              + " executor_id string comment 'name in Spark',"
              + " implementation string comment 'device and kernels',"
              + " model_load_ms bigint comment 'until the engine was ready',"
              + " submitted bigint comment 'requests taken',"
              + " completed bigint comment 'requests given back, errors included',"
              + " steps bigint comment 'segment runs',"
              + " mixed_steps bigint comment 'steps with rows of several tasks',"
              + " prompt_rows bigint comment 'prompt positions',"
              + " decode_rows bigint comment 'generated positions, once per segment',"
              + " tokens bigint comment 'generated tokens',"
              + " decode_tokens bigint comment 'all but the first of each row',"
              + " flushes bigint comment 'deeper segments run for buffered rows',"
              + " flushed_rows bigint comment 'rows of those',"
              + " preemptions bigint comment 'KV given up to older sequences',"
              + " replayed_rows bigint comment 'positions run again after that',"
              + " shared_prompt_rows bigint comment 'prompt positions found computed',"
              + " out_of_memory_calls bigint comment 'calls too large for the device',"
              + " late_rows bigint comment 'completed after their deadline',"
              + " busy_us bigint comment 'time in device calls, microseconds',"
              + " decode_us bigint comment 'decoding part of it, calls shared out by rows',"
              + " kv_bytes_held_peak bigint comment 'most KV bytes held at once, in blocks',"
              + " kv_bytes_used_at_peak bigint comment 'what tokens took of them',"
              + " kv_bytes_plain_peak bigint comment 'what a plain cache would have held then',"
              + " exit_gain double comment 'forecast speed over full_depth; 0 unknown',"
              + " flush_thresholds array<struct<from_us: bigint, rows: array<int>>>"
              + " comment 'buffered rows that start a flush, per ramp, over time; empty if fixed'");

  private MetricsTable() {}

  /** Writes the table anew, as one file that appears whole. */
  static void write(SparkSession spark, OutputLayout layout, EngineLog log) throws IOException {
    List<Row> rows = new ArrayList<>();
    log.readAll()
        .forEach((run, engines) -> engines.forEach(reading -> rows.add(row(run, reading))));
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Path folder = new Path(layout.drex(), ".metrics-" + UUID.randomUUID());
    spark
        .createDataFrame(rows, SCHEMA)
        .coalesce(1)
        .write()
        .option("compression", "zstd")
        .parquet(folder.toString());
    FileContext files = FileContext.getFileContext(folder.toUri(), hadoop);
    for (FileStatus part : folder.getFileSystem(hadoop).listStatus(folder)) {
      if (part.getPath().getName().endsWith(".parquet")) {
        files.rename(part.getPath(), layout.metrics(), Options.Rename.OVERWRITE);
      }
    }
    files.delete(folder, true);
  }

  private static Row row(String run, EngineReading reading) {
    EngineSnapshot counters = reading.snapshot();
    return RowFactory.create(
        run,
        counters.engineId(),
        reading.executorId(),
        reading.implementation(),
        reading.modelLoadMillis(),
        counters.submitted(),
        counters.completed(),
        counters.steps(),
        counters.mixedSteps(),
        counters.promptRows(),
        counters.decodeRows(),
        counters.tokens(),
        counters.decodeTokens(),
        counters.flushes(),
        counters.flushedRows(),
        counters.preemptions(),
        counters.replayedRows(),
        counters.sharedPromptRows(),
        counters.outOfMemoryCalls(),
        counters.lateRows(),
        counters.busyMicros(),
        counters.decodeMicros(),
        counters.kvBytesHeldPeak(),
        counters.kvBytesUsedAtPeak(),
        counters.kvBytesPlainPeak(),
        counters.exitGain(),
        counters.flushThresholds().stream().map(MetricsTable::row).toList());
  }

  private static Row row(FlushThresholds thresholds) {
    return RowFactory.create(thresholds.fromMicros(), thresholds.rows());
  }
}
