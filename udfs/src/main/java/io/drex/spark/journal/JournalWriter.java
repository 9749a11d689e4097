package io.drex.spark.journal;

import io.drex.arrow.CompletionBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Writes a task's finished rows to Parquet files that appear whole. Used by one thread.
 *
 * <p>Invariants: (1) a published file is complete and never changes; (2) a file being written is
 * not among the journal's; (3) closing without {@link #publish} leaves nothing behind.
 */
public final class JournalWriter implements AutoCloseable {
  /** Spark takes dates and times of files with this entry for proleptic Gregorian. */
  private static final String SPARK_VERSION_KEY = "org.apache.spark.version";

  /** Spark takes the schema, comments included, from here. */
  private static final String SPARK_SCHEMA_KEY = "org.apache.spark.sql.parquet.row.metadata";

  /** Several tasks write at once, each with a row group in memory. */
  private static final long ROW_GROUP_BYTES = 16L << 20;

  private final JournalShard shard;
  private final JournalColumns columns;
  private final Supplier<Optional<EngineReading>> engine;
  private final List<String> published = new ArrayList<>();
  private @Nullable JournalFile open;
  private int ordinal;

  private JournalWriter(
      JournalShard shard, JournalColumns columns, Supplier<Optional<EngineReading>> engine) {
    this.shard = shard;
    this.columns = columns;
    this.engine = engine;
  }

  /**
   * A writer for one task attempt; no file is made before the first row.
   *
   * @param table schemas, and the values that are the same for all rows
   * @param batch the only batch that {@link #write} will be given
   * @param engine what the footers tell of the engine
   */
  public static JournalWriter create(
      JournalShard shard,
      JournalTable table,
      CompletionBatch batch,
      Supplier<Optional<EngineReading>> engine) {
    JournalColumns columns =
        JournalColumns.of(table.schema(), table.constants(), batch.root(), table.input());
    return new JournalWriter(shard, columns, engine);
  }

  /** Writes all rows of the batch; {@code inputs[i]} is the input row of the batch's row i. */
  public void write(CompletionBatch batch, List<Row> inputs) throws IOException {
    int rows = batch.root().getRowCount();
    long bytes = open == null ? 0 : open.dataBytes();
    try {
      for (int row = 0; row < rows; row++) {
        file().write(new JournalRow(row, inputs.get(row)));
      }
    } catch (IOException e) {
      throw failed("written", bytes, e);
    }
  }

  /** Makes what was written visible; does nothing if nothing was written since the last time. */
  public void publish() throws IOException {
    if (open == null) {
      return;
    }
    long bytes = open.dataBytes(); // a writer that failed to close does not know any more
    String name = shard.fileName(ordinal);
    try (JournalFile file = open) {
      open = null;
      file.publish();
    } catch (IOException e) {
      throw failed("published", bytes, e);
    }
    published.add(name);
    ordinal++;
  }

  /** The names of the files published so far, in order. */
  public List<String> published() {
    return List.copyOf(published);
  }

  /** Drops what was not published. */
  @Override
  public void close() throws IOException {
    if (open == null) {
      return;
    }
    try (JournalFile abandoned = open) {
      open = null;
    }
  }

  /** File systems seldom name the file, or tell what is free, when a disk is full. */
  private IOException failed(String what, long bytes, IOException e) {
    Path file = shard.published(shard.fileName(ordinal));
    return new IOException(
        "journal file "
            + file
            + " cannot be "
            + what
            + " after "
            + bytes
            + " bytes: "
            + reason(e)
            + free(),
        e);
  }

  /** Parquet tells what it wanted to write, and wraps what the file system said. */
  private static String reason(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  /** Nothing where the file system does not know. */
  private String free() {
    try {
      long free =
          shard
              .runFolder()
              .getFileSystem(shard.hadoop())
              .getStatus(shard.runFolder())
              .getRemaining();
      return free == Long.MAX_VALUE ? "" : "; " + free + " bytes are free there";
    } catch (IOException e) {
      return "";
    }
  }

  private JournalFile file() throws IOException {
    if (open == null) {
      Path path = shard.published(shard.fileName(ordinal));
      open = JournalFile.create(path, shard.hadoop(), this::parquet);
    }
    return open;
  }

  private ParquetWriter<JournalRow> parquet(OutputFile file) throws IOException {
    return new Builder(file)
        .withConf(shard.hadoop())
        .withCompressionCodec(CompressionCodecName.ZSTD)
        .withRowGroupSize(ROW_GROUP_BYTES)
        .build();
  }

  private Map<String, String> footer() {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put(SPARK_VERSION_KEY, org.apache.spark.package$.MODULE$.SPARK_VERSION());
    entries.put(SPARK_SCHEMA_KEY, columns.schema().json());
    entries.put(JournalFiles.RUN_KEY, shard.runFolder().getName());
    engine.get().ifPresent(reading -> entries.put(JournalFiles.ENGINE_KEY, reading.json()));
    return entries;
  }

  private final class Builder extends ParquetWriter.Builder<JournalRow, Builder> {
    Builder(OutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<JournalRow> getWriteSupport(Configuration hadoop) {
      return new JournalWriteSupport(columns, JournalWriter.this::footer);
    }
  }
}
