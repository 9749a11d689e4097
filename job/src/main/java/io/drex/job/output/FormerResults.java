package io.drex.job.output;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What earlier runs left in an output, and its removal.
 *
 * <p>A removal is announced by a file before anything goes, and that file goes last: a run that
 * finds it completes the removal first, so that what a crash leaves of old results is never taken
 * for a table. Only what the layout names is removed, and nothing at all where a table's folder
 * holds files of others.
 */
public final class FormerResults {
  private static final Logger LOG = LoggerFactory.getLogger(FormerResults.class);

  /** What Spark and its committers put into a table's folder. */
  private static final Pattern OUR_NAMES =
      Pattern.compile("\\.?part-.*\\.parquet(\\.crc)?|\\.?_SUCCESS(\\.crc)?|_temporary|__magic.*");

  private static final int SHOWN_NAMES = 3;

  private final OutputLayout layout;
  private final Configuration hadoop;

  public FormerResults(OutputLayout layout, Configuration hadoop) {
    this.layout = layout;
    this.hadoop = hadoop;
  }

  /**
   * Checks that a run in this mode may use the output; changes nothing.
   *
   * @throws JobException USAGE naming what is in the way
   */
  public void require(OutputMode mode) {
    try {
      if (mode == OutputMode.ERROR) {
        refuseAny();
        return;
      }
      if (mode == OutputMode.OVERWRITE) {
        refuseOtherFolders();
      }
      refuseOtherTables(mode);
    } catch (IOException e) {
      throw new JobException(
          ExitCode.USAGE, "--output " + layout.root() + " cannot be listed: " + e.getMessage(), e);
    }
  }

  /** Whether a run in this mode starts from nothing. */
  public boolean areToGo(OutputMode mode) {
    return mode == OutputMode.OVERWRITE || isBeingRemoved();
  }

  /** Removes everything but the lock and the status; the caller holds the lock. */
  public void remove(String runId) {
    ObjectNode removal = JsonFile.mapper().createObjectNode().put("runId", runId);
    JsonFile.replace(layout.removal(), removal, hadoop);
    try {
      // Readers are told first.
      for (Path path : removed().values()) {
        path.getFileSystem(hadoop).delete(path, true);
      }
      layout.removal().getFileSystem(hadoop).delete(layout.removal(), false);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the earlier results in "
              + layout.root()
              + " cannot be removed; the next run goes on with that",
          e);
    }
    LOG.info("Removed the results of earlier runs in {}.", layout.root());
  }

  private boolean isBeingRemoved() {
    return JsonFile.read(layout.removal(), hadoop).isPresent();
  }

  /** By the name that users know, in the order in which they go. */
  private Map<String, Path> removed() {
    Map<String, Path> paths = new LinkedHashMap<>();
    for (Path path :
        List.of(
            layout.manifest(),
            layout.report(),
            layout.metrics(),
            layout.errors(),
            layout.data(),
            layout.journal(),
            layout.suspects(),
            layout.runs(),
            layout.fingerprint())) {
      paths.put(layout.root().toUri().relativize(path.toUri()).getPath(), path);
    }
    return paths;
  }

  private void refuseAny() throws IOException {
    Map<String, Path> ours = removed();
    ours.put("_drex/removal.json", layout.removal());
    ours.put("_drex/status.json", layout.status());
    List<String> found = new ArrayList<>();
    for (Map.Entry<String, Path> one : ours.entrySet()) {
      if (one.getValue().getFileSystem(hadoop).exists(one.getValue())) {
        found.add(one.getKey());
      }
    }
    if (!found.isEmpty()) {
      throw new JobException(
          ExitCode.USAGE,
          "--mode error: "
              + layout.root()
              + " already holds "
              + String.join(", ", found)
              + "; choose another --output, go on with it (--mode resume), or remove it (--mode"
              + " overwrite)");
    }
  }

  private void refuseOtherFolders() throws IOException {
    List<String> names = names(layout.root());
    if (!names.isEmpty() && !names.contains(layout.drex().getName())) {
      throw new JobException(
          ExitCode.USAGE,
          "--mode overwrite: "
              + layout.root()
              + " holds "
              + some(names)
              + " and no _drex, so no run of this program made it; nothing was removed. Choose"
              + " another --output");
    }
  }

  private void refuseOtherTables(OutputMode mode) throws IOException {
    List<String> others = new ArrayList<>();
    for (Path table : List.of(layout.data(), layout.errors())) {
      names(table).stream()
          .filter(name -> !OUR_NAMES.matcher(name).matches())
          .filter(name -> mode == OutputMode.OVERWRITE || isRead(name))
          .forEach(name -> others.add(table.getName() + "/" + name));
    }
    if (!others.isEmpty()) {
      throw new JobException(
          ExitCode.USAGE,
          layout.root()
              + " holds files that no run of this program made: "
              + some(others)
              + "; nothing was changed. Move them away, or choose another --output");
    }
    FileSystem fs = layout.root().getFileSystem(hadoop);
    boolean known = fs.exists(layout.fingerprint()) || fs.exists(layout.removal());
    for (Path table : List.of(layout.data(), layout.errors())) {
      if (!known && !names(table).isEmpty()) {
        throw new JobException(
            ExitCode.USAGE,
            table
                + " is there, but not "
                + layout.fingerprint()
                + ", which tells what its rows were made with; nothing was changed. Move it away,"
                + " or choose another --output");
      }
    }
  }

  /** Whether readers of a folder take a file for a part of the table. */
  private static boolean isRead(String name) {
    return !name.startsWith("_") && !name.startsWith(".");
  }

  private List<String> names(Path folder) throws IOException {
    try {
      FileStatus[] children = folder.getFileSystem(hadoop).listStatus(folder);
      return Arrays.stream(children).map(child -> child.getPath().getName()).sorted().toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  private static String some(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(SHOWN_NAMES, names.size())));
    return names.size() <= SHOWN_NAMES
        ? first
        : first + " and " + (names.size() - SHOWN_NAMES) + " more";
  }
}
