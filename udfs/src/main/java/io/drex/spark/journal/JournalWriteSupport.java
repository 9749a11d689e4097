package io.drex.spark.journal;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/** Hands rows to Parquet, and the footer's entries when the file ends. */
final class JournalWriteSupport extends WriteSupport<JournalRow> {
  private final JournalColumns columns;
  private final Supplier<Map<String, String>> footer;
  private @Nullable RecordConsumer out;

  JournalWriteSupport(JournalColumns columns, Supplier<Map<String, String>> footer) {
    this.columns = columns;
    this.footer = footer;
  }

  @Override
  public WriteContext init(Configuration hadoop) {
    return new WriteContext(columns.parquetSchema(), Map.of());
  }

  @Override
  public void prepareForWrite(RecordConsumer consumer) {
    out = consumer;
  }

  @Override
  public void write(JournalRow row) {
    if (out == null) {
      throw new IllegalStateException("prepareForWrite comes first");
    }
    columns.write(row, out);
  }

  @Override
  public FinalizedWriteContext finalizeWrite() {
    return new FinalizedWriteContext(footer.get());
  }
}
