package io.drex.job.history;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.job.storage.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Checks what became of an output against an undisturbed run of the same input, and watches it like
 * a reader while runs work on it. What it finds wrong is in {@link #violations}.
 *
 * <p>Laws: (1) a file that a reader sees is complete, and never changes or goes; (2) no id is in
 * two rows; (3) every row has the key and the bytes of the undisturbed run; (4) while the manifest
 * is there no row is missing, but for those that are to be tried again; (5) in the end nothing is
 * missing, and nothing is left in the journal.
 */
final class History implements AutoCloseable {
  private static final long LOOK_NANOS = 10_000_000;

  private final Path output;
  private final Map<String, TableRow> reference; // by id
  private final Map<Path, Long> seenFiles = new HashMap<>(); // their sizes; by this, as all below
  private final Set<String> seenIds = new HashSet<>();
  private final List<String> violations = new ArrayList<>();
  private int looks;
  private int partialLooks; // that saw some rows, but not all
  private final Thread watcher = new Thread(this::watch, "drex-history");
  private volatile boolean ended;

  private History(Path output, Map<String, TableRow> reference) {
    this.output = output;
    this.reference = reference;
  }

  /** Reads an undisturbed run's rows. */
  static Map<String, TableRow> reference(Path output) throws IOException {
    Map<String, TableRow> rows = new HashMap<>();
    for (Path file : TableRow.files(output.resolve("data"))) {
      for (TableRow row : TableRow.read(file)) {
        rows.put(row.id(), row);
      }
    }
    return rows;
  }

  /** Watches until it is closed. */
  static History watch(Path output, Map<String, TableRow> reference) {
    History history = new History(output, reference);
    history.watcher.setDaemon(true);
    history.watcher.start();
    return history;
  }

  /** Ends watching and checks what is there. */
  void checkEnd() throws IOException, InterruptedException {
    close();
    look();
    require(seenIds.equals(reference.keySet()), "in the end there are " + seenIds.size() + " ids");
    require(Files.exists(output.resolve("_drex/manifest.json")), "there is no manifest");
    require(!Files.exists(output.resolve("_drex/journal")), "there is a journal left");
    JsonNode status = JsonFile.mapper().readTree(output.resolve("_drex/status.json").toFile());
    require(status.path("state").asText().equals("finished"), "the status is " + status);
  }

  /** What went against the laws, empty if nothing did. */
  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /** What was seen, in words. */
  synchronized String summary() {
    return looks + " looks, " + partialLooks + " at a part of the rows";
  }

  @Override
  public void close() throws InterruptedException {
    ended = true;
    watcher.join();
  }

  private void watch() {
    while (!ended) {
      look();
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private synchronized void look() {
    try {
      boolean announced = Files.exists(output.resolve("_drex/manifest.json"));
      List<Path> files = TableRow.files(output.resolve("data"));
      for (Path file : seenFiles.keySet()) {
        require(files.contains(file), "a reader's file has gone: " + file);
      }
      for (Path file : files) {
        lookAt(file);
      }
      if (announced && seenIds.size() < reference.size()) {
        lookForErrors();
      }
      looks++;
      partialLooks += !seenIds.isEmpty() && seenIds.size() < reference.size() ? 1 : 0;
    } catch (IOException | RuntimeException e) {
      violations.add("a reader fails: " + e);
    }
  }

  /** Errors are rewritten by each run, so they are read only where they count. */
  private void lookForErrors() {
    int rows = seenIds.size();
    try {
      rows += errors(output);
    } catch (IOException | RuntimeException e) {
      return; // a run has begun to write them again
    }
    boolean isStillAnnounced = Files.exists(output.resolve("_drex/manifest.json"));
    require(
        rows == reference.size() || !isStillAnnounced,
        "the manifest is there with " + rows + " rows");
  }

  /** Rows that the next run is to try again. */
  static int errors(Path output) throws IOException {
    int rows = 0;
    for (Path file : TableRow.files(output.resolve("errors"))) {
      rows += TableRow.read(file).size();
    }
    return rows;
  }

  private void lookAt(Path file) throws IOException {
    Long size = seenFiles.putIfAbsent(file, Files.size(file));
    if (size != null) {
      require(size == Files.size(file), "a reader's file has changed: " + file);
      return;
    }
    for (TableRow row : TableRow.read(file)) {
      require(seenIds.add(row.id()), "id " + row.id() + " is there twice");
      require(row.equals(reference.get(row.id())), "row " + row.id() + " has other bytes");
    }
  }

  private void require(boolean law, String violation) {
    if (!law && violations.size() < 20) {
      violations.add(violation);
    }
  }
}
