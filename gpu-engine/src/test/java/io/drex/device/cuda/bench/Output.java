package io.drex.device.cuda.bench;

import io.drex.device.cuda.bench.Part.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a stage has found, in a file after each row: it stays, should the next one end the process.
 */
final class Output {
  private final String stage;
  private final Path file;
  private final long startNanos = System.nanoTime();
  private final double seconds;
  private final List<Rows> tables = new ArrayList<>();
  private State state = State.COMPLETE; // if nothing else comes
  private final Set<String> reasons = new LinkedHashSet<>();

  /**
   * @param file of the part
   * @param seconds that there are
   */
  Output(String stage, Path file, double seconds) {
    this.stage = stage;
    this.file = file;
    this.seconds = seconds;
  }

  /** A table that grows. */
  final class Rows {
    private final String id;
    private final String title;
    private final List<String> notes;
    private final List<Row> rows = new ArrayList<>();

    private Rows(String id, String title, List<String> notes) {
      this.id = id;
      this.title = title;
      this.notes = notes;
    }

    void add(Row row) {
      rows.add(row);
      save(State.FAILED, "ended before it was done");
    }

    private Table table() {
      return new Table(id, title, notes, rows);
    }
  }

  /**
   * Starts a table.
   *
   * @param notes a sentence each
   */
  Rows table(String id, String title, String... notes) {
    Rows rows = new Rows(id, title, List.of(notes));
    tables.add(rows);
    return rows;
  }

  /** Seconds that are left; none or less where the time is over. */
  double secondsLeft() {
    return seconds - secondsSpent();
  }

  private double secondsSpent() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** Whether there is time for more; if not, the part says so. */
  boolean hasTime() {
    if (secondsLeft() > 0) {
      return true;
    }
    ended(State.INCOMPLETE, "its %.0f s were over".formatted(seconds));
    return false;
  }

  /** Notes how the stage ended, if it was not to the end; the worst state stays, all reasons do. */
  void ended(State how, String why) {
    state = state.worse(how);
    reasons.add(why);
  }

  /** Writes all of it. */
  Part finish() {
    return save(state, String.join("; ", reasons));
  }

  private Part save(State how, String why) {
    List<Table> all = tables.stream().map(Rows::table).toList();
    Part part = new Part(stage, how, why, secondsSpent(), all);
    try {
      Report.write(part, file);
      return part;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
