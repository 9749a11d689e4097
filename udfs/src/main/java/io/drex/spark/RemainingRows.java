package io.drex.spark;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** A shard's rows without those that an earlier attempt at it has published. One thread. */
final class RemainingRows implements Iterator<Row> {
  private final Iterator<Row> rows;
  private final int keyField;
  private final Set<ByteBuffer> published;
  private @Nullable Row next;
  private long skipped;

  /**
   * @param keyField index of {@link TaskInput#KEY} in the rows
   * @param published keys; see {@link io.drex.spark.journal.PublishedKeys}
   */
  RemainingRows(Iterator<Row> rows, int keyField, Set<ByteBuffer> published) {
    this.rows = rows;
    this.keyField = keyField;
    this.published = published;
  }

  @Override
  public boolean hasNext() {
    while (next == null && rows.hasNext()) {
      Row row = rows.next();
      if (!published.isEmpty() && published.contains(ByteBuffer.wrap(row.getAs(keyField)))) {
        skipped++;
      } else {
        next = row;
      }
    }
    return next != null;
  }

  @Override
  public Row next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    Row row = next;
    next = null;
    return row;
  }

  /** Rows left out so far. */
  long skipped() {
    return skipped;
  }
}
