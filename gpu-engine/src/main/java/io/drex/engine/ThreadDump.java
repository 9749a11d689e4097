package io.drex.engine;

import java.util.Map;

/** What threads are doing, for the log: names, states and stacks, never the data they work on. */
final class ThreadDump {
  private ThreadDump() {}

  /** A paragraph for each live thread. */
  static String ofAllThreads() {
    StringBuilder dump = new StringBuilder();
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      Thread thread = entry.getKey();
      dump.append('"').append(thread.getName()).append("\" ").append(thread.getState());
      for (StackTraceElement frame : entry.getValue()) {
        dump.append("\n    at ").append(frame);
      }
      dump.append('\n');
    }
    return dump.toString();
  }
}
