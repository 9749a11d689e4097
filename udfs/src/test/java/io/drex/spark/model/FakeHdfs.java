package io.drex.spark.model;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The local disk under {@code hdfs://fake}, which counts how often each file is opened. */
public final class FakeHdfs extends RawLocalFileSystem {
  static final AtomicInteger OPENED = new AtomicInteger();

  static Configuration configuration() {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.hdfs.impl", FakeHdfs.class.getName());
    hadoop.set("fs.hdfs.impl.disable.cache", "true");
    OPENED.set(0);
    return hadoop;
  }

  @Override
  public URI getUri() {
    return URI.create("hdfs://fake");
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    OPENED.incrementAndGet();
    return super.open(file, bufferSize);
  }
}
