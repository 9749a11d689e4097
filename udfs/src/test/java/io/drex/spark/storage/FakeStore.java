package io.drex.spark.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** {@code store://any/path}: local files that appear when they are closed and cannot be renamed. */
public final class FakeStore extends RawLocalFileSystem {
  /** A configuration that knows the scheme. */
  static Configuration configuration() {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.store.impl", FakeStore.class, org.apache.hadoop.fs.FileSystem.class);
    hadoop.setBoolean("fs.store.impl.disable.cache", true);
    return hadoop;
  }

  @Override
  public URI getUri() {
    return URI.create("store://any");
  }

  @Override
  public boolean hasPathCapability(Path path, String capability) throws IOException {
    return capability.equals(CommonPathCapabilities.ABORTABLE_STREAM)
        || super.hasPathCapability(path, capability);
  }

  @Override
  public FSDataOutputStream create(
      Path path, boolean overwrite, int buffer, short replication, long block, Progressable watch)
      throws IOException {
    return new FSDataOutputStream(new Upload(pathToFile(path).toPath()), null);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    throw new IOException("a rename is a copy here");
  }

  private static final class Upload extends ByteArrayOutputStream implements Abortable {
    private final java.nio.file.Path file;
    private boolean done;

    Upload(java.nio.file.Path file) {
      this.file = file;
    }

    @Override
    public void close() throws IOException {
      if (!done) {
        java.nio.file.Files.write(file, toByteArray());
        done = true;
      }
    }

    @Override
    public AbortableResult abort() {
      boolean late = done;
      done = true;
      return new AbortableResult() {
        @Override
        public boolean alreadyClosed() {
          return late;
        }

        @Override
        public IOException anyCleanupException() {
          return new IOException("nothing to clean up");
        }
      };
    }
  }
}
