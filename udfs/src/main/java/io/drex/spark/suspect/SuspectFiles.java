package io.drex.spark.suspect;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The small files in {@code _drex/suspects}, beside the journal because they outlive it, and any
 * executor and driver. Keys are in hex:
 *
 * <ul>
 *   <li>{@code together-<run>-<shard>-<attempt>-<n>}: its lines are the keys of rows that were, or
 *       may have been, in flight at once when an engine was lost;
 *   <li>{@code alone-<key>}: the row runs alone; left behind, it killed the process;
 *   <li>{@code convicted-<key>-<run>}: an engine was lost while the row ran alone.
 * </ul>
 *
 * A file that cannot be understood, such as one that was half written, counts as far as it goes.
 */
public final class SuspectFiles {
  private static final String FOLDER = "suspects";
  private static final int DELETE_ATTEMPTS = 3;
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern TOGETHER = Pattern.compile("together-(.+)-(\\d+)-\\d+-\\d+");
  private static final Pattern ALONE = Pattern.compile("alone-(" + KEY + ")");
  private static final Pattern CONVICTED = Pattern.compile("convicted-(" + KEY + ")-(.+)");

  private final Configuration hadoop;
  private final Path folder;

  private SuspectFiles(Configuration hadoop, Path folder) {
    this.hadoop = hadoop;
    this.folder = folder;
  }

  /** The files beside a journal. */
  public static SuspectFiles beside(Path journal, Configuration hadoop) {
    return new SuspectFiles(hadoop, folder(journal));
  }

  /** Where they lie. */
  public static Path folder(Path journal) {
    return new Path(journal.getParent(), FOLDER);
  }

  /** One file. */
  sealed interface Record {
    String name();

    /**
     * @param keys of rows that were in flight at once
     */
    record Together(String name, String run, int shard, List<String> keys) implements Record {}

    /** A row that ran alone, or still does. */
    record Alone(String name, String key) implements Record {}

    /** A row that some run convicted. */
    record Convicted(String name, String key, String run) implements Record {}
  }

  /**
   * Deletes what a run needs no more that has a result for each of its rows: all but convictions,
   * which tell the next run to run those rows alone.
   */
  public void settle() throws IOException {
    for (Record file : read()) {
      if (!(file instanceof Record.Convicted)) {
        delete(file.name());
      }
    }
  }

  /** All files; none where there is no folder. */
  List<Record> read() throws IOException {
    List<Record> records = new ArrayList<>();
    for (FileStatus status : list()) {
      String name = status.getPath().getName();
      Matcher together = TOGETHER.matcher(name);
      Matcher alone = ALONE.matcher(name);
      Matcher convicted = CONVICTED.matcher(name);
      if (together.matches()) {
        int shard = Integer.parseInt(together.group(2));
        records.add(new Record.Together(name, together.group(1), shard, keys(name)));
      } else if (alone.matches()) {
        records.add(new Record.Alone(name, alone.group(1)));
      } else if (convicted.matches()) {
        records.add(new Record.Convicted(name, convicted.group(1), convicted.group(2)));
      }
    }
    return records;
  }

  /** Writes keys to a file of a new name, {@code together-<rest>}; returns the name. */
  String writeTogether(String rest, Collection<String> keys) throws IOException {
    String name = "together-" + rest;
    write(name, String.join("\n", keys) + "\n");
    return name;
  }

  void writeAlone(String key) throws IOException {
    write("alone-" + key, "");
  }

  void deleteAlone(String key) throws IOException {
    delete("alone-" + key);
  }

  void writeConvicted(String key, String run) throws IOException {
    write("convicted-" + key + "-" + run, "");
  }

  /** A file that stays accuses rows that did no harm, so a store that fails is asked again. */
  void delete(String name) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        fileSystem().delete(new Path(folder, name), false);
        return;
      } catch (IOException e) {
        if (attempt == DELETE_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = new Path(folder, name);
    try (OutputStream out = fileSystem().create(file, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IOException("suspect file " + file + " cannot be written: " + e.getMessage(), e);
    }
  }

  private List<String> keys(String name) throws IOException {
    try (InputStream in = fileSystem().open(new Path(folder, name))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> KEY.matcher(line).matches()).toList();
    } catch (FileNotFoundException e) {
      return List.of(); // its task has come to its end meanwhile
    }
  }

  private FileStatus[] list() throws IOException {
    try {
      return fileSystem().listStatus(folder);
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }

  private FileSystem fileSystem() throws IOException {
    return folder.getFileSystem(hadoop);
  }
}
