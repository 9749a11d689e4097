package io.drex.spark.journal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * The published files of a journal, {@code
 * <journal>/<runId>/shard-<partition>-attempt-<taskAttemptId>-<n>.parquet}. Files that are still
 * being written, and those that a dead task left half-written, have hidden names and are not among
 * them.
 */
public final class JournalFiles {
  /** Footer key of an {@link EngineReading}, as JSON. */
  static final String ENGINE_KEY = "drex.engine.snapshot";

  /** Footer key of the run's id. */
  static final String RUN_KEY = "drex.run";

  private static final String PREFIX = "shard-";
  private static final String ATTEMPT = "-attempt-";
  private static final String SUFFIX = ".parquet";

  private JournalFiles() {}

  /** The folder of one run. */
  public static Path runFolder(Path journal, String runId) {
    return new Path(journal, runId);
  }

  static String name(int partition, long taskAttemptId, int ordinal) {
    return PREFIX + partition + ATTEMPT + taskAttemptId + "-" + ordinal + SUFFIX;
  }

  /** Published files of all runs, sorted by path; empty if there is no journal. */
  public static List<Path> list(Configuration hadoop, Path journal) throws IOException {
    List<Path> files = new ArrayList<>();
    for (FileStatus run : children(hadoop, journal)) {
      if (run.isDirectory()) {
        files.addAll(listRun(hadoop, run.getPath()));
      }
    }
    return files.stream().sorted().toList();
  }

  /** Published files of one run's folder, sorted by path; empty if there is no such folder. */
  public static List<Path> listRun(Configuration hadoop, Path runFolder) throws IOException {
    return children(hadoop, runFolder).stream()
        .filter(FileStatus::isFile)
        .map(FileStatus::getPath)
        .filter(path -> path.getName().startsWith(PREFIX) && path.getName().endsWith(SUFFIX))
        .sorted()
        .toList();
  }

  /** Published files of one shard of a run, whichever attempt wrote them, sorted by path. */
  static List<Path> listShard(JournalShard shard) throws IOException {
    String start = PREFIX + shard.partition() + ATTEMPT;
    return listRun(shard.hadoop(), shard.runFolder()).stream()
        .filter(path -> path.getName().startsWith(start))
        .toList();
  }

  /**
   * The newest reading of each engine that wrote some of the files, by engine id. Files without a
   * reading hold only rows that never reached an engine.
   */
  public static Map<String, EngineReading> engineReadings(
      Configuration hadoop, Collection<Path> files) throws IOException {
    Map<String, EngineReading> newest = new TreeMap<>();
    for (Path file : files) {
      String json = footer(hadoop, file).get(ENGINE_KEY);
      if (json != null) {
        EngineReading reading = EngineReading.parse(json);
        newest.merge(
            reading.snapshot().engineId(),
            reading,
            (known, other) -> other.isNewerThan(known) ? other : known);
      }
    }
    return newest;
  }

  private static Map<String, String> footer(Configuration hadoop, Path file) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, hadoop))) {
      return reader.getFooter().getFileMetaData().getKeyValueMetaData();
    }
  }

  private static List<FileStatus> children(Configuration hadoop, Path folder) throws IOException {
    FileSystem fs = folder.getFileSystem(hadoop);
    try {
      return List.of(fs.listStatus(folder));
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }
}
