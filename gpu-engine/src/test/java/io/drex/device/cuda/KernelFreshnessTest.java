package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The PTX in the repository was made from the sources beside it. */
class KernelFreshnessTest {
  private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)");

  @Test
  void recordedHashesAreThoseOfTheSources() throws IOException {
    assertThat(recorded())
        .as("run gpu-engine/src/main/cuda/build-kernels, and commit what it writes")
        .isEqualTo(hashes());
  }

  @Test
  void bothArchitecturesHaveTheSameKernels() {
    List<String> names = entries("sm_80");
    assertThat(names).isNotEmpty().doesNotHaveDuplicates().allMatch(n -> n.startsWith("drex_"));
    assertThat(entries("sm_90a")).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void driversFromTwelveZeroOnReadThePtx() {
    assertThat(KernelFiles.ptx("sm_80")).contains(".version 8.0\n", ".target sm_80\n");
    assertThat(KernelFiles.ptx("sm_90a")).contains(".version 8.0\n", ".target sm_90a\n");
  }

  private static List<String> entries(String architecture) {
    return ENTRY.matcher(KernelFiles.ptx(architecture)).results().map(r -> r.group(1)).toList();
  }

  private static Map<String, String> recorded() {
    return KernelFiles.read("KERNELS.sha256")
        .lines()
        .map(line -> line.split(" [ *]"))
        .collect(Collectors.toMap(parts -> parts[1], parts -> parts[0]));
  }

  private static Map<String, String> hashes() throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.list(KernelFiles.SOURCES)) {
      for (Path file : files.filter(KernelFreshnessTest::isSource).toList()) {
        hashes.put(file.getFileName().toString(), hash(Files.readAllBytes(file)));
      }
    }
    return hashes;
  }

  private static boolean isSource(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".cu") || name.endsWith(".cuh");
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
