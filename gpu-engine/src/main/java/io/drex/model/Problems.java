package io.drex.model;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a model folder, so that one message lists everything. */
final class Problems {
  private static final int LISTED = 20;

  private final List<String> found = new ArrayList<>();

  /** Notes that {@code key} of {@code file} is wrong; {@code what} says how and what to do. */
  void add(String file, String key, String what) {
    found.add(file + ": " + key + ": " + what);
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  /** Throws when anything was noted; {@code subject} names the folder or file. */
  void throwIfAny(String subject) {
    if (found.isEmpty()) {
      return;
    }
    if (found.size() == 1) {
      boolean named = found.get(0).startsWith(subject + ": ");
      throw new ModelException((named ? "" : subject + ": ") + found.get(0));
    }
    StringBuilder message = new StringBuilder(subject + " has " + found.size() + " errors:");
    found.stream().limit(LISTED).forEach(problem -> message.append("\n  - ").append(problem));
    if (found.size() > LISTED) {
      message.append("\n  - and ").append(found.size() - LISTED).append(" more");
    }
    throw new ModelException(message.toString());
  }
}
