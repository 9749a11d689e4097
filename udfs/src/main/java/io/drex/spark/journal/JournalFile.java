package io.drex.spark.journal;

import io.drex.spark.storage.WholeFile;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.DelegatingPositionOutputStream;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A Parquet file being written; it appears when it is published. One thread. */
final class JournalFile implements AutoCloseable {
  private final WholeFile file;
  private final ParquetWriter<JournalRow> writer;

  private JournalFile(WholeFile file, ParquetWriter<JournalRow> writer) {
    this.file = file;
    this.writer = writer;
  }

  /** Makes the writer of a file. */
  interface Format {
    ParquetWriter<JournalRow> writer(OutputFile file) throws IOException;
  }

  static JournalFile create(Path path, Configuration hadoop, Format format) throws IOException {
    WholeFile file = WholeFile.create(path, hadoop);
    try {
      return new JournalFile(file, format.writer(new Output(path, file.stream())));
    } catch (IOException | RuntimeException e) {
      try (file) {
        throw e;
      }
    }
  }

  void write(JournalRow row) throws IOException {
    writer.write(row);
  }

  /** What was written so far. */
  long dataBytes() {
    return writer.getDataSize();
  }

  /** Completes the file and makes it visible. */
  void publish() throws IOException {
    writer.close();
    file.publish();
  }

  /** Drops the file if it was not published. */
  @Override
  public void close() throws IOException {
    try (file) {
      writer.close();
    }
  }

  /** The one stream there is, for Parquet. */
  private record Output(Path path, OutputStream stream) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSizeHint) {
      return new Counted(stream);
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
      return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }

    @Override
    public String getPath() {
      return path.toString();
    }
  }

  private static final class Counted extends DelegatingPositionOutputStream {
    private long position;

    Counted(OutputStream stream) {
      super(stream);
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void write(int b) throws IOException {
      super.write(b);
      position++;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      super.write(bytes);
      position += bytes.length;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      super.write(bytes, offset, length);
      position += length;
    }
  }
}
