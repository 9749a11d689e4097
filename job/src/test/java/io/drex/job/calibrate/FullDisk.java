package io.drex.job.calibrate;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** Local files under {@code full:}, of which none takes a byte. */
public final class FullDisk extends RawLocalFileSystem {
  /** What a write fails with. */
  static final String MESSAGE = "No space left on device";

  /** Knows this file system. */
  static Configuration configuration() {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.full.impl", FullDisk.class.getName());
    hadoop.set("fs.full.impl.disable.cache", "true");
    return hadoop;
  }

  @Override
  public URI getUri() {
    return URI.create("full:///");
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    super.create(path, overwrite, bufferSize, replication, blockSize, progress).close();
    return new FSDataOutputStream(
        new OutputStream() {
          @Override
          public void write(int oneByte) throws IOException {
            throw new IOException(MESSAGE);
          }
        },
        null);
  }
}
