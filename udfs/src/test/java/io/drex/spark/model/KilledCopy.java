package io.drex.spark.model;

import io.drex.spark.conf.DrexConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A process that stages a model and never gets beyond its first file. Arguments: cache, model. */
final class KilledCopy {
  private KilledCopy() {}

  public static void main(String[] arguments) {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.hdfs.impl", Stuck.class.getName());
    hadoop.set("fs.hdfs.impl.disable.cache", "true");
    new ModelCache(Path.of(arguments[0]), hadoop, any -> Long.MAX_VALUE)
        .stage(DrexConfig.of(Map.of("spark.drex.model.model", arguments[1])));
  }

  /** Lists files and never opens one. */
  public static final class Stuck extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("hdfs://fake");
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path file, int bufferSize)
        throws IOException {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return super.open(file, bufferSize);
    }
  }
}
