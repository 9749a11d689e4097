package io.drex.spark.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.arrow.CompletionBatch;
import io.drex.arrow.RowOutcome;
import io.drex.arrow.TokenStats;
import io.drex.engine.Completion;
import io.drex.engine.EngineSnapshot;
import io.drex.engine.ErrorCode;
import io.drex.engine.ExitStats;
import io.drex.engine.FinishReason;
import io.drex.engine.FlushThresholds;
import io.drex.engine.RampTrace;
import io.drex.engine.RowError;
import io.drex.engine.Timing;
import io.drex.spark.LocalSpark;
import io.drex.spark.OutputSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalWriterTest {
  private static final Configuration HADOOP = new Configuration();
  private static final StructType NO_COLUMNS = new StructType();
  private static final byte[] KEY = new byte[32];

  @TempDir Path folder;
  private final BufferAllocator allocator = new RootAllocator();
  private CompletionBatch batch =
      new CompletionBatch(allocator, 8, TokenStats.KEPT, TokenStats.KEPT, TokenStats.KEPT);

  @BeforeEach
  void emptyBatch() {
    batch.clear();
  }

  @AfterEach
  void freeMemory() {
    batch.close();
    allocator.close();
  }

  @Test
  void nothingIsVisibleBeforeItIsPublishedAndNothingIsLeftAfterAnAbort() throws IOException {
    try (JournalWriter writer = writer(NO_COLUMNS, NO_COLUMNS, reading(1, 1))) {
      write(writer, "a", RowFactory.create());
      assertThat(JournalFiles.list(HADOOP, journal())).isEmpty();
      assertThat(names()).anyMatch(name -> name.startsWith(".shard-3-attempt-17-0.parquet."));
      writer.publish();
      assertThat(writer.published()).containsExactly("shard-3-attempt-17-0.parquet");
      write(writer, "b", RowFactory.create());
      assertThat(JournalFiles.list(HADOOP, journal())).hasSize(1);
    }
    assertThat(names()).filteredOn(name -> name.contains("-17-1")).isEmpty();
    assertThat(read(NO_COLUMNS)).extracting(row -> row.<String>getAs("id")).containsExactly("a");
  }

  @Test
  void aHalfWrittenFileOfADeadTaskIsNotRead() throws IOException {
    try (JournalWriter writer = writer(NO_COLUMNS, NO_COLUMNS, reading(1, 1))) {
      write(writer, "a", RowFactory.create());
      writer.publish();
    }
    Path dead = folder.resolve("run-1/.shard-3-attempt-9-0.parquet.0f61");
    Files.write(dead, new byte[] {'P', 'A', 'R', '1', 0, 1, 2});
    assertThat(JournalFiles.list(HADOOP, journal())).hasSize(1);
    assertThat(spark().read().parquet(folder.resolve("run-1").toString()).count()).isEqualTo(1);
  }

  @Test
  void sparkReadsTheOutputSchemaItsCommentsAndItsNulls() throws IOException {
    StructType schema = OutputSchema.with(NO_COLUMNS);
    try (JournalWriter writer = writer(NO_COLUMNS, NO_COLUMNS, reading(1, 1))) {
      write(writer, "a", RowFactory.create());
      RowError error = new RowError(ErrorCode.DEVICE_FAULT, "two calls failed");
      batch.append(new RowOutcome.Failed("b", KEY, null, null, error));
      writer.write(batch, List.of(RowFactory.create()));
      writer.publish();
    }
    assertThat(spark().read().parquet(file()).schema()).isEqualTo(schema);
    List<Row> rows = read(NO_COLUMNS);
    Row good = rows.get(0);
    assertThat(good.<Row>getAs("exits"))
        .isEqualTo(RowFactory.create(.5, good.<Row>getAs("exits").get(1), 2.0 / 3, .5f, 0, 1));
    assertThat(good.<Row>getAs("exits").getList(1)).isEqualTo(List.of(2, 0, 1));
    assertThat(good.<Row>getAs("timing")).isEqualTo(RowFactory.create(.5, 1.5, 2.5));
    assertThat(good.getList(good.fieldIndex("token_depths")))
        .isEqualTo(List.of((short) 2, (short) 8, (short) 2));
    assertThat(good.isNullAt(good.fieldIndex("error"))).isTrue();
    assertThat(good.<Integer>getAs("attempt")).isEqualTo(4);
    Row bad = rows.get(1);
    assertThat(bad.<Row>getAs("error"))
        .isEqualTo(RowFactory.create("DEVICE_FAULT", "two calls failed", true));
    for (String column : List.of("completion", "prompt_tokens", "exits", "timing", "total_ms")) {
      assertThat(bad.isNullAt(bad.fieldIndex(column))).as(column).isTrue();
    }
  }

  @Test
  void passThroughColumnsComeBackAsTheyWere() throws IOException {
    for (String java8 : List.of("false", "true")) {
      spark().conf().set("spark.sql.datetime.java8API.enabled", java8);
      try {
        passThrough("run-" + java8);
      } finally {
        spark().conf().unset("spark.sql.datetime.java8API.enabled");
      }
    }
  }

  private void passThrough(String runId) throws IOException {
    List<Row> inputs =
        spark()
            .sql(
                "SELECT 'é' s, true b, 1Y i8, 2S i16, 3 i32, 4L i64, 1.5F f, 2.5D d,"
                    + " CAST(-12.34 AS DECIMAL(9,2)) d9, CAST(12.345 AS DECIMAL(18,3)) d18,"
                    + " CAST(-1234567890123456789012.5 AS DECIMAL(38,4)) d38,"
                    + " DATE'1500-02-28' dt, TIMESTAMP'1850-01-01 12:34:56.123456Z' ts,"
                    + " TIMESTAMP_NTZ'2024-02-29 23:59:59.999999' ntz, X'00FF' bin"
                    + " UNION ALL SELECT '', false, -1Y, -2S, -3, -4L, float('nan'), -0.0D,"
                    + " 0, 0, 99999999999999999999999999999999.9999,"
                    + " DATE'2024-02-29', TIMESTAMP'1969-12-31 23:59:59.999999Z',"
                    + " TIMESTAMP_NTZ'1000-01-01 00:00:00', X''"
                    + " UNION ALL SELECT null, null, null, null, null, null, null, null,"
                    + " null, null, null, null, null, null, null")
            .collectAsList();
    StructType keep = inputs.get(0).schema();
    try (JournalWriter writer = writer(runId, keep, keep, reading(1, 1))) {
      for (int i = 0; i < inputs.size(); i++) {
        batch.append(completed("row-" + i));
      }
      writer.write(batch, inputs);
      batch.clear();
      writer.publish();
    }
    String file = folder.resolve(runId + "/shard-3-attempt-17-0.parquet").toString();
    List<Row> output = spark().read().schema(OutputSchema.with(keep)).parquet(file).collectAsList();
    for (int i = 0; i < inputs.size(); i++) {
      for (String name : keep.fieldNames()) {
        assertThat(output.get(i).<Object>getAs(name))
            .as(name + " of row " + i)
            .isEqualTo(inputs.get(i).getAs(name));
      }
    }
  }

  @Test
  void theNewestReadingOfAnEngineCounts() throws IOException {
    AtomicLong completed = new AtomicLong(5);
    try (JournalWriter writer =
        JournalWriter.create(
            shard("run-1"),
            table(NO_COLUMNS, NO_COLUMNS),
            batch,
            () -> Optional.of(reading(completed.get(), 100)))) {
      write(writer, "a", RowFactory.create());
      writer.publish();
      completed.set(12);
      write(writer, "b", RowFactory.create());
      writer.publish();
    }
    Map<String, EngineReading> readings =
        JournalFiles.engineReadings(HADOOP, JournalFiles.list(HADOOP, journal()));
    assertThat(readings).containsExactly(Map.entry("engine-1", reading(12, 100)));
  }

  @Test
  void thereIsNothingInAJournalThatDoesNotExist() throws IOException {
    assertThat(JournalFiles.list(HADOOP, new org.apache.hadoop.fs.Path("/no/such/journal")))
        .isEmpty();
  }

  @Test
  void aFullDiskIsNamedWithItsBytesAndSpoilsNothingPublished() throws IOException {
    JournalShard small =
        new JournalShard(
            SmallDisk.configuration(),
            JournalFiles.runFolder(
                new org.apache.hadoop.fs.Path("small://" + folder.toAbsolutePath()), "run-1"),
            3,
            17);
    try (JournalWriter writer =
        JournalWriter.create(small, table(NO_COLUMNS, NO_COLUMNS), batch, Optional::empty)) {
      SmallDisk.leave(100_000);
      write(writer, "a", RowFactory.create());
      writer.publish();
      SmallDisk.leave(100);
      write(writer, "b", RowFactory.create());
      assertThatThrownBy(writer::publish)
          .isInstanceOf(IOException.class)
          .hasMessageMatching(
              "journal file small:.*/run-1/shard-3-attempt-17-1\\.parquet cannot be"
                  + " published after [1-9]\\d* bytes: No space left on device; \\d+ bytes are free"
                  + " there");
    }
    assertThat(names()).containsExactly("shard-3-attempt-17-0.parquet");
    assertThat(read(NO_COLUMNS)).hasSize(1);
  }

  private void write(JournalWriter writer, String id, Row input) throws IOException {
    batch.append(completed(id));
    writer.write(batch, List.of(input));
    batch.clear();
  }

  private static RowOutcome completed(String id) {
    Completion completion =
        new Completion(
            7,
            FinishReason.STOP,
            11,
            new int[] {40, 41, 2},
            new short[] {2, 8, 2},
            new float[] {.95f, .5f, .99f},
            new float[] {-.25f, -1.5f, -.125f},
            new RampTrace(77, new float[] {.3f, .5f, .99f, Float.NaN}),
            new ExitStats(new int[] {2, 0, 1}, 0, 1, 4),
            new Timing(500, 1500, 2500),
            null);
    return new RowOutcome.Completed(id, KEY, "hash", completion, "text of " + id);
  }

  private JournalWriter writer(StructType keep, StructType input, EngineReading reading) {
    return writer("run-1", keep, input, reading);
  }

  private JournalWriter writer(
      String runId, StructType keep, StructType input, EngineReading reading) {
    return JournalWriter.create(
        shard(runId), table(keep, input), batch, () -> Optional.of(reading));
  }

  private static JournalTable table(StructType keep, StructType input) {
    Map<String, Object> constants =
        Map.of("run_id", "run-1", "model", "m@1", "fingerprint", "f", "attempt", 4);
    return new JournalTable(OutputSchema.with(keep), constants, input);
  }

  private JournalShard shard(String runId) {
    return new JournalShard(HADOOP, JournalFiles.runFolder(journal(), runId), 3, 17);
  }

  private static EngineReading reading(long completed, long steps) {
    EngineSnapshot snapshot =
        new EngineSnapshot(
            "engine-1",
            completed,
            completed,
            steps,
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
            1.5,
            List.of(new FlushThresholds(0, List.of(4, 4)), new FlushThresholds(19, List.of(2, 7))));
    return new EngineReading("driver", "sim", 12, snapshot);
  }

  private List<Row> read(StructType keep) {
    return spark()
        .read()
        .schema(OutputSchema.with(keep))
        .parquet(file())
        .orderBy("id")
        .collectAsList();
  }

  private String file() {
    return folder.resolve("run-1/shard-3-attempt-17-0.parquet").toString();
  }

  private org.apache.hadoop.fs.Path journal() {
    return new org.apache.hadoop.fs.Path(folder.toUri());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("run-1"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static SparkSession spark() {
    return LocalSpark.session();
  }
}
