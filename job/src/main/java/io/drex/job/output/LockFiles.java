package io.drex.job.output;

import com.fasterxml.jackson.core.JacksonException;
import io.drex.job.storage.JsonFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;

/** The files of an output's lock; {@link RunLock} tells what they mean. */
final class LockFiles {
  private static final LockOwner NAMELESS = new LockOwner("", "", "", -1, "", "");

  private final OutputLayout layout;
  private final Configuration hadoop;

  LockFiles(OutputLayout layout, Configuration hadoop) {
    this.layout = layout;
    this.hadoop = hadoop;
  }

  /** Names the owner. */
  Path lock() {
    return layout.lock();
  }

  /** The heartbeat of a run. */
  Path beat(String runId) {
    return new Path(layout.locks(), runId + ".beat");
  }

  /** Names the run that takes the lock over from another. */
  private Path taken(String runId) {
    return new Path(layout.locks(), runId + ".taken");
  }

  /** What the heartbeat of a run says now. */
  String readBeat(String runId) {
    return Heartbeat.read(beat(runId), hadoop);
  }

  /** The run that owns the lock, which the lock itself may not name yet; nothing if it is free. */
  Optional<LockOwner> owner() throws IOException {
    Optional<LockOwner> owner = read(lock());
    Optional<LockOwner> next = owner;
    while (next.isPresent()) {
      owner = next;
      next = read(taken(owner.get().runId()));
    }
    return owner;
  }

  /** Whether that run owns it. */
  boolean isOwnedBy(String runId) throws IOException {
    return read(lock()).filter(named -> named.runId().equals(runId)).isPresent()
        && read(taken(runId)).isEmpty();
  }

  /** Creates a file that names its creator; false if there is one. */
  boolean create(Path file, LockOwner creator) throws IOException {
    byte[] name = JsonFile.mapper().writeValueAsBytes(creator.json());
    try {
      if (file.getFileSystem(hadoop) instanceof LocalFileSystem local) {
        createLocal(local.pathToFile(file).toPath(), name);
      } else {
        createRemote(file, name);
      }
    } catch (FileAlreadyExistsException | java.nio.file.FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      // A conditional write that is refused, or one that was repeated after a lost answer.
      if (read(file).isEmpty()) {
        throw e;
      }
    }
    return read(file).equals(Optional.of(creator));
  }

  /** Hadoop looks whether a local file is there before it creates it, which takes two steps. */
  private static void createLocal(java.nio.file.Path file, byte[] content) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    // Hadoop's checksum of a lock that was deleted by hand.
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
  }

  private void createRemote(Path file, byte[] content) throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = file.getFileSystem(hadoop).createFile(file);
    builder.overwrite(false);
    builder.recursive();
    builder.opt(CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE, true);
    try (OutputStream out = builder.build()) {
      out.write(content);
    }
  }

  /** Takes the lock over from a dead owner; false if another run was faster. */
  boolean takeFrom(LockOwner dead, LockOwner self) throws IOException {
    Optional<LockOwner> before = read(lock());
    if (!create(taken(dead.runId()), self)) {
      return false;
    }
    if (before.isEmpty() || !read(lock()).equals(before)) {
      delete(taken(dead.runId())); // released meanwhile; that takeover means nothing
      return false;
    }
    JsonFile.replace(lock(), self.json(), hadoop);
    return true;
  }

  /** Frees the lock. */
  void release() throws IOException {
    layout.locks().getFileSystem(hadoop).delete(layout.locks(), true);
    delete(lock());
  }

  private void delete(Path file) throws IOException {
    file.getFileSystem(hadoop).delete(file, false);
  }

  private Optional<LockOwner> read(Path file) throws IOException {
    FileSystem fs = file.getFileSystem(hadoop);
    // The checksums of local files are files of their own, which are not there at the same moment.
    FileSystem plain = fs instanceof LocalFileSystem local ? local.getRaw() : fs;
    try (InputStream in = plain.open(file)) {
      return Optional.of(LockOwner.of(JsonFile.mapper().readTree(in)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      return Optional.of(NAMELESS); // its creator died, or is about to write
    }
  }
}
