package io.drex.job.doctor;

import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.TrapLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Looks at the JVM and the operating system. */
final class MachineChecks {
  private static final int JAVA = 17;
  private static final int JAVA_TOO_NEW = 24;
  private static final long MIN_FREE_BYTES = 1L << 30;
  private static final int TIMEOUT_SECONDS = 5;

  /** Instructions that kernels use, as Linux names them on x86-64 and AArch64. */
  private static final List<String> INSTRUCTIONS =
      List.of(
          "avx2",
          "fma",
          "avx512f",
          "avx512_vnni",
          "avx512_bf16",
          "amx_bf16",
          "amx_int8",
          "asimd",
          "sve",
          "bf16");

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private MachineChecks() {}

  /** Threads, and vector instructions where the system tells them. */
  static Finding processor() {
    List<String> instructions = List.of();
    if (Files.isReadable(CPU_INFO)) {
      try {
        instructions = instructions(Files.readString(CPU_INFO));
      } catch (IOException e) {
        // It is told without them.
      }
    }
    int threads = Runtime.getRuntime().availableProcessors();
    String machine = System.getProperty("os.arch") + ", " + threads + " threads";
    return Finding.ok("processor", String.join(", ", machine, String.join(" ", instructions)));
  }

  /** Those of {@link #INSTRUCTIONS} that a {@code /proc/cpuinfo} lists for its first processor. */
  static List<String> instructions(String cpuInfo) {
    Set<String> flags =
        cpuInfo
            .lines()
            .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).strip().split("\\s+"))
            .map(words -> Set.copyOf(List.of(words)))
            .orElse(Set.of());
    return INSTRUCTIONS.stream().filter(flags::contains).toList();
  }

  static Finding java() {
    int feature = Runtime.version().feature();
    String fact = Runtime.version() + " in " + System.getProperty("java.home");
    if (feature < JAVA || feature >= JAVA_TOO_NEW) {
      return Finding.fail("java", fact, "run with a JDK 17; this Spark fails on Java 24 and later");
    }
    return Finding.ok("java", fact);
  }

  static Finding vectorModule() {
    return vectorModule(
        ModuleLayer.boot().findModule(KernelKind.MODULE).isPresent(), TrapLimit.isHighEnough());
  }

  static Finding vectorModule(boolean isThere, boolean trapLimitIsHighEnough) {
    if (!isThere) {
      return Finding.warn(
          "vector",
          "module " + KernelKind.MODULE + " is not loaded, so CPU kernels are scalar",
          "start through spark-submit, or add the JVM option --add-modules " + KernelKind.MODULE);
    }
    return trapLimitIsHighEnough
        ? Finding.ok("vector", "module " + KernelKind.MODULE + " is there")
        : Finding.warn(
            "vector",
            "CPU kernels may be some twenty times slower in some launches than in others",
            "take the defaultJavaOptions of conf/spark-defaults.conf for driver and executors, or"
                + " add "
                + TrapLimit.OPTION
                + " to your JVM options");
  }

  static Finding glibc() {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      return Finding.ok("libc", "not Linux; nothing to check");
    }
    try {
      Process process = new ProcessBuilder("getconf", "GNU_LIBC_VERSION").start();
      String version =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) && version.startsWith("glibc")) {
        return Finding.ok("libc", version);
      }
    } catch (IOException e) {
      return unknownLibc();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return unknownLibc();
  }

  static Finding writable(String subject, Path folder) {
    try {
      Files.createDirectories(folder);
      Path probe = Files.createTempFile(folder, "drex", ".probe");
      Files.delete(probe);
      long free = Files.getFileStore(folder).getUsableSpace();
      String fact = folder + " is writable, " + (free >> 20) + " MiB free";
      return free >= MIN_FREE_BYTES
          ? Finding.ok(subject, fact)
          : Finding.warn(subject, fact, "free some space, or choose another folder");
    } catch (IOException e) {
      return Finding.fail(
          subject,
          folder + " is not writable: " + e.getMessage(),
          "give this user the right to write there, or choose another folder");
    }
  }

  private static Finding unknownLibc() {
    return Finding.warn(
        "libc",
        "no glibc could be found",
        "the tokenizers library needs glibc; on Alpine use a glibc-based image");
  }
}
