package io.drex.spark.suspect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What one task attempt knows of rows that may kill engines, and what it writes down of its own. As
 * each row belongs to one shard, no other task writes of the same rows, but for a second attempt at
 * the shard. One thread.
 */
public final class Suspects {
  private final SuspectFiles files;
  private final Attempt attempt;
  private final Map<String, Standing> standings = new HashMap<>(); // by key
  private final Map<String, List<String>> convictions = new HashMap<>(); // file names, by key
  private final List<String> ofShard = new ArrayList<>(); // files to delete when it is done
  private int written;

  private Suspects(SuspectFiles files, Attempt attempt) {
    this.files = files;
    this.attempt = attempt;
  }

  /**
   * Whose rows they are.
   *
   * @param taskAttemptId unique in the Spark application
   */
  public record Attempt(String runId, int shard, long taskAttemptId) {}

  /** Reads what earlier attempts and earlier runs left. */
  public static Suspects read(SuspectFiles files, Attempt attempt) throws IOException {
    Suspects suspects = new Suspects(files, attempt);
    for (SuspectFiles.Record file : files.read()) {
      suspects.add(file);
    }
    return suspects;
  }

  private void add(SuspectFiles.Record file) {
    if (file instanceof SuspectFiles.Record.Together together) {
      together.keys().forEach(key -> standings.putIfAbsent(key, Standing.SUSPECT));
      if (together.run().equals(attempt.runId()) && together.shard() == attempt.shard()) {
        ofShard.add(together.name());
      }
    } else if (file instanceof SuspectFiles.Record.Alone alone) {
      standings.put(alone.key(), Standing.GUILTY);
    } else if (file instanceof SuspectFiles.Record.Convicted convicted) {
      convictions.computeIfAbsent(convicted.key(), key -> new ArrayList<>()).add(convicted.name());
      if (convicted.run().equals(attempt.runId())) {
        standings.put(convicted.key(), Standing.GUILTY);
      } else {
        standings.putIfAbsent(convicted.key(), Standing.SUSPECT);
      }
    }
  }

  /** How a row is to run. */
  public Standing of(byte[] key) {
    return standings.isEmpty()
        ? Standing.UNSUSPECTED
        : standings.getOrDefault(hex(key), Standing.UNSUSPECTED);
  }

  /**
   * Writes down rows that were in flight when the engine was lost, or before they are where it may
   * go with the process.
   *
   * @return the file's name, for {@link #forget}
   */
  public String inFlight(Collection<byte[]> keys) throws IOException {
    String place = attempt.runId() + "-" + attempt.shard() + "-" + attempt.taskAttemptId();
    List<String> lines = keys.stream().map(Suspects::hex).toList();
    String name = files.writeTogether(place + "-" + written++, lines);
    ofShard.add(name);
    return name;
  }

  /** The rows of a file have come to their end. */
  public void forget(String name) throws IOException {
    files.delete(name);
    ofShard.remove(name);
  }

  /**
   * An engine was lost with the row: this run does not run it again, a later one tries it alone.
   */
  public void convict(byte[] key) throws IOException {
    convict(hex(key));
  }

  private void convict(String key) throws IOException {
    files.writeConvicted(key, attempt.runId());
    files.deleteAlone(key);
    standings.put(key, Standing.GUILTY);
  }

  /** A row is about to run alone. */
  public Trial trial(byte[] key) throws IOException {
    String hex = hex(key);
    files.writeAlone(hex);
    return new Trial(hex);
  }

  /** A row that runs alone, until it is closed; a process that dies before leaves it guilty. */
  public final class Trial implements AutoCloseable {
    private final String key;

    private Trial(String key) {
      this.key = key;
    }

    /** The row has come to its end, so that nothing speaks against it. */
    public void clear() throws IOException {
      for (String name : convictions.getOrDefault(key, List.of())) {
        files.delete(name);
      }
    }

    /** The engine was lost; see {@link Suspects#convict}. */
    public void convict() throws IOException {
      Suspects.this.convict(key);
    }

    @Override
    public void close() throws IOException {
      files.deleteAlone(key);
    }
  }

  /** All rows of the shard have their results. */
  public void shardIsDone() throws IOException {
    for (String name : ofShard) {
      files.delete(name);
    }
    ofShard.clear();
  }

  private static String hex(byte[] key) {
    return HexFormat.of().formatHex(key);
  }
}
