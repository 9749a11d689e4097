package io.drex.job.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second run off an output. The lock of a dead process of this host is taken over; that of
 * another host must be deleted by hand, because nobody can tell from here whether it lives.
 *
 * <p>Creating the file is atomic on HDFS and local disks; on object stores two runs that start in
 * the same second may both get it, which wastes work but cannot spoil the table: equal keys hold
 * equal bytes, and compaction keeps one row of each.
 */
public final class RunLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);

  private final Path file;
  private final String runId;
  private final Configuration hadoop;

  private RunLock(Path file, String runId, Configuration hadoop) {
    this.file = file;
    this.runId = runId;
    this.hadoop = hadoop;
  }

  /**
   * Takes the lock.
   *
   * @throws JobException USAGE naming the run that holds it
   */
  public static RunLock take(OutputLayout layout, String runId, Configuration hadoop) {
    RunLock lock = new RunLock(layout.lock(), runId, hadoop);
    try {
      if (!lock.create()) {
        lock.removeStale();
        if (!lock.create()) {
          throw lock.held(JsonFile.read(lock.file, hadoop));
        }
      }
    } catch (IOException e) {
      throw new JobException(
          ExitCode.USAGE, "the lock " + lock.file + " cannot be taken: " + e.getMessage(), e);
    }
    return lock;
  }

  /** Lets go of the lock, unless somebody deleted it and another run has it now. */
  @Override
  public void close() {
    try {
      Optional<JsonNode> owner = JsonFile.read(file, hadoop);
      if (owner.isPresent() && owner.get().path("runId").asText().equals(runId)) {
        file.getFileSystem(hadoop).delete(file, false);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("The lock {} stays; delete it before the next run.", file, e);
    }
  }

  private boolean create() throws IOException {
    FileSystem fs = file.getFileSystem(hadoop);
    ObjectNode owner = JsonFile.mapper().createObjectNode();
    owner.put("runId", runId).put("host", host()).put("pid", ProcessHandle.current().pid());
    owner.put("processStart", start(ProcessHandle.current()));
    owner.put("since", Instant.now().toString());
    try (OutputStream out = fs.create(file, false)) {
      out.write(JsonFile.mapper().writeValueAsBytes(owner));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      if (fs.exists(file)) {
        return false;
      }
      throw e;
    }
  }

  private void removeStale() throws IOException {
    JsonNode owner = JsonFile.read(file, hadoop).orElse(null);
    if (owner == null) {
      return;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(owner.path("pid").asLong(-1));
    boolean here = owner.path("host").asText().equals(host());
    boolean alive =
        process.filter(p -> start(p).equals(owner.path("processStart").asText())).isPresent();
    if (!here || alive) {
      throw held(Optional.of(owner));
    }
    LOG.warn("Run {} died and left its lock; taking it over.", owner.path("runId").asText());
    file.getFileSystem(hadoop).delete(file, false);
  }

  private JobException held(Optional<JsonNode> lock) {
    JsonNode owner = lock.orElseGet(JsonFile.mapper()::createObjectNode);
    return new JobException(
        ExitCode.USAGE,
        "run "
            + owner.path("runId").asText("?")
            + " (host "
            + owner.path("host").asText("?")
            + ", process "
            + owner.path("pid").asText("?")
            + ", since "
            + owner.path("since").asText("?")
            + ") writes to this output; wait for it, or if it is dead delete "
            + file);
  }

  /** Tells a process from a later one with the same number. */
  private static String start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
