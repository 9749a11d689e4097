package io.drex.job.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a verb speaks to its user.
 *
 * @param out results
 * @param err what went wrong
 */
public record Console(PrintStream out, PrintStream err) {

  /** The process's own streams, in UTF-8. */
  public static Console system() {
    return new Console(stream(FileDescriptor.out), stream(FileDescriptor.err));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
