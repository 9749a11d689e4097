package io.drex.job.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where tables are made. */
final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final String MODEL = "model name";
  private static final String FLAGS = "flags";
  private static final String BF16_DOT = "avx512_bf16";

  private Machine() {}

  /** Processor, number of cores that this process may use, system and Java, in a line. */
  static String text() {
    return "%s, %d cores, %s %s, Java %s"
        .formatted(
            processor(),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            Runtime.version());
  }

  /** Whether the processor says that it has the bf16 dot instruction of AVX-512. */
  static boolean hasBf16Dot() {
    return firstLine(FLAGS).contains(BF16_DOT);
  }

  private static String processor() {
    String name = firstLine(MODEL);
    return name.isEmpty() ? "unknown processor" : name;
  }

  /** What the processor's description says first of a key; empty if it does not. */
  private static String firstLine(String key) {
    try {
      List<String> lines = Files.exists(CPU_INFO) ? Files.readAllLines(CPU_INFO) : List.of();
      return lines.stream()
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("");
    } catch (IOException e) { // some systems keep it to themselves
      return "";
    }
  }
}
