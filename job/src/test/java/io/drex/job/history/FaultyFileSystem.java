package io.drex.job.history;

import io.drex.job.LocalDisk;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk under {@code faulty:}, some of whose calls fail, renames before or after their
 * effect. How many is read from a file, so that running processes can be told; each process draws
 * its own. Locks are left alone: what becomes of them has tests of its own.
 */
public final class FaultyFileSystem extends LocalDisk.Raw {
  private static final String RATE_FILE = "fs.faulty.rate.file";
  private static final String MESSAGE = "injected fault of the store";

  private final SplittableRandom random =
      new SplittableRandom(ProcessHandle.current().pid()); // this

  /** The entries by which Hadoop knows it. */
  static Map<String, String> settings(java.nio.file.Path rateFile) {
    return Map.of(
        "fs.faulty.impl",
        FaultyFileSystem.class.getName(),
        "fs.AbstractFileSystem.faulty.impl",
        Context.class.getName(),
        RATE_FILE,
        rateFile.toString());
  }

  /** Says which share of the calls is to fail, from now on, in all processes. */
  static void fail(java.nio.file.Path rateFile, double share) throws IOException {
    java.nio.file.Path hidden = rateFile.resolveSibling("." + rateFile.getFileName());
    Files.writeString(hidden, Double.toString(share));
    Files.move(hidden, rateFile, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The same for Hadoop's other interface. */
  public static final class Context extends DelegateToFileSystem {
    public Context(URI uri, Configuration hadoop) throws IOException, URISyntaxException {
      super(uri, new FaultyFileSystem(), hadoop, "faulty", false);
    }
  }

  @Override
  public URI getUri() {
    return URI.create("faulty:///");
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    mayFail(path);
    return super.open(path, bufferSize);
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
    mayFail(path);
    OutputStream file = super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(
        new FilterOutputStream(file) {
          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
          }

          @Override
          public void close() throws IOException {
            super.close();
            mayFail(path);
          }
        },
        null);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    mayFail(from);
    boolean done = super.rename(from, to);
    mayFail(from);
    return done;
  }

  @Override
  @SuppressWarnings("deprecation") // as in the class above
  protected void rename(Path from, Path to, Options.Rename... options) throws IOException {
    mayFail(from);
    Files.move(
        pathToFile(from).toPath(),
        pathToFile(to).toPath(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    mayFail(from);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    mayFail(path);
    return super.delete(path, recursive);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    mayFail(path);
    return super.listStatus(path);
  }

  private void mayFail(Path path) throws IOException {
    if (!path.toString().contains("/_drex/lock") && draw() < share()) {
      throw new IOException(MESSAGE + ": " + path.getName());
    }
  }

  private synchronized double draw() {
    return random.nextDouble();
  }

  private double share() throws IOException {
    String rateFile = getConf().get(RATE_FILE);
    return rateFile == null
        ? 0
        : Double.parseDouble(Files.readString(java.nio.file.Path.of(rateFile)));
  }
}
