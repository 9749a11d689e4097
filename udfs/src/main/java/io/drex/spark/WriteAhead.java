package io.drex.spark;

import io.drex.spark.suspect.Suspects;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Writes down rows before they are in flight, some at once, for a process that may die with them
 * and can tell nobody then; a task that ends in a process that lives takes it back. The task's
 * thread only.
 */
final class WriteAhead implements AutoCloseable {
  private final Suspects suspects;
  private final boolean isOn;
  private final List<Group> groups = new ArrayList<>(); // that have unfinished rows

  /**
   * @param file that names the rows
   * @param unfinished keys of those without a result
   */
  private record Group(String file, Set<ByteBuffer> unfinished) {}

  private WriteAhead(Suspects suspects, boolean isOn) {
    this.suspects = suspects;
    this.isOn = isOn;
  }

  static WriteAhead on(Suspects suspects) {
    return new WriteAhead(suspects, true);
  }

  /** Writes nothing. */
  static WriteAhead off(Suspects suspects) {
    return new WriteAhead(suspects, false);
  }

  /** Some of these rows are about to be submitted. */
  void starting(Collection<byte[]> keys) throws IOException {
    if (isOn && !keys.isEmpty()) {
      Set<ByteBuffer> unfinished = new HashSet<>();
      keys.forEach(key -> unfinished.add(ByteBuffer.wrap(key)));
      groups.add(new Group(suspects.inFlight(keys), unfinished));
    }
  }

  /** A row has its result. */
  void finished(byte[] key) throws IOException {
    ByteBuffer name = ByteBuffer.wrap(key);
    for (Iterator<Group> open = groups.iterator(); open.hasNext(); ) {
      Group group = open.next();
      if (group.unfinished().remove(name) && group.unfinished().isEmpty()) {
        suspects.forget(group.file());
        open.remove();
      }
    }
  }

  /** The process is alive, so that nothing speaks against what is unfinished. */
  @Override
  public void close() throws IOException {
    for (Group group : groups) {
      suspects.forget(group.file());
    }
    groups.clear();
  }
}
