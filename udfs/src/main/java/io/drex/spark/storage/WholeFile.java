package io.drex.spark.storage;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * A file being written that readers see whole or not at all. One thread.
 *
 * <p>Where a stream's file appears when it is closed, as on object stores, it is written under its
 * own name: a rename there would be a copy and a deletion. Elsewhere it has a hidden name beside
 * its own until it is published.
 */
public final class WholeFile implements AutoCloseable {
  private final Publication publication;
  private final FileSystem fs;
  private final Path target;
  private final Path written;
  private final FSDataOutputStream out;
  private boolean done;

  private WholeFile(
      Publication publication, FileSystem fs, Path target, Path written, FSDataOutputStream out) {
    this.publication = publication;
    this.fs = fs;
    this.target = target;
    this.written = written;
    this.out = out;
  }

  /** Gives a file that was written under a hidden name its own. */
  private interface Publication {
    void rename(Path from, Path to) throws IOException;
  }

  /** Begins a file whose name nobody else has; missing folders are made. */
  public static WholeFile create(Path target, Configuration hadoop) throws IOException {
    FileSystem fs = target.getFileSystem(hadoop);
    return begin(
        (from, to) -> {
          if (!fs.rename(from, to)) {
            throw new IOException(from + " cannot be renamed to " + to.getName());
          }
        },
        fs,
        target);
  }

  /** Begins a file that takes the place of the one of that name; missing folders are made. */
  public static WholeFile replace(Path target, Configuration hadoop) throws IOException {
    return begin(
        (from, to) ->
            FileContext.getFileContext(to.toUri(), hadoop)
                .rename(from, to, Options.Rename.OVERWRITE),
        target.getFileSystem(hadoop),
        target);
  }

  private static WholeFile begin(Publication publication, FileSystem fs, Path target)
      throws IOException {
    boolean appearsWhenClosed =
        fs.hasPathCapability(target, CommonPathCapabilities.ABORTABLE_STREAM);
    Path written = appearsWhenClosed ? target : hidden(target);
    return new WholeFile(publication, fs, target, written, fs.create(written, true));
  }

  /** Where to write; closing it neither publishes nor drops the file. */
  public OutputStream stream() {
    return new Unclosed(out);
  }

  /** Makes the file visible; nothing can be written after. */
  public void publish() throws IOException {
    out.close();
    if (!written.equals(target)) {
      publication.rename(written, target);
    }
    done = true;
  }

  /** Drops what was not published. */
  @Override
  public void close() throws IOException {
    if (done) {
      return;
    }
    done = true;
    if (written.equals(target)) {
      out.abort();
      return;
    }
    try {
      out.close();
    } finally {
      fs.delete(written, false);
    }
  }

  private static Path hidden(Path target) {
    return new Path(target.getParent(), "." + target.getName() + "." + UUID.randomUUID());
  }

  /** Its writer does not know whether the file is good. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
