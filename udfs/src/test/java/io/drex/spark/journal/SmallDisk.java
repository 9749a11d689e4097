package io.drex.spark.journal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The local disk under {@code small:}, which takes so many bytes and no more. */
public final class SmallDisk extends RawLocalFileSystem {
  private static final AtomicLong LEFT = new AtomicLong();

  static Configuration configuration() {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.small.impl", SmallDisk.class.getName());
    hadoop.set("fs.small.impl.disable.cache", "true");
    return hadoop;
  }

  static void leave(long bytes) {
    LEFT.set(bytes);
  }

  @Override
  public URI getUri() {
    return URI.create("small:///");
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
    OutputStream disk = super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(
        new FilterOutputStream(disk) {
          @Override
          public void write(int oneByte) throws IOException {
            take(1);
            out.write(oneByte);
          }

          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            take(length);
            out.write(bytes, from, length);
          }
        },
        null);
  }

  private static void take(long bytes) throws IOException {
    if (LEFT.addAndGet(-bytes) < 0) {
      throw new IOException("No space left on device");
    }
  }
}
