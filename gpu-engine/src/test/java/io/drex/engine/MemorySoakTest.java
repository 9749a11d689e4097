package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.TrapLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heap, direct and resident memory of a JVM of its own stay flat, whatever kernels run. */
@Tag("slow")
class MemorySoakTest {
  private static final String SEQUENCES = "100000";
  private static final int CHECKPOINTS = 10;
  private static final double SPREAD = .02; // either way

  @ParameterizedTest
  @ValueSource(strings = {"cpu:vector", "cpu:int8", "cpu:onednn"})
  void memoryIsFlatOverAHundredThousandSequences(String device) throws Exception {
    assumeThat(Backends.all().stream().filter(backend -> backend.name().equals(device)))
        .map(DeviceBackend::probe)
        .hasOnlyElementsOfType(Availability.Available.class);
    List<long[]> checkpoints = soak(device);
    System.out.println(
        device + ": " + checkpoints.stream().map(this::text).collect(Collectors.joining("; ")));
    assertThat(checkpoints).hasSize(CHECKPOINTS);
    assertFlat("heap", checkpoints, 1);
    assertFlat("direct memory", checkpoints, 2);
    assertFlat("resident memory", checkpoints, 3);
  }

  private String text(long[] checkpoint) {
    return "after %d heap %d KiB, direct %d KiB, resident %d KiB"
        .formatted(checkpoint[0], checkpoint[1] >> 10, checkpoint[2] >> 10, checkpoint[3] >> 10);
  }

  private static void assertFlat(String what, List<long[]> checkpoints, int column) {
    LongSummaryStatistics all =
        checkpoints.stream().mapToLong(checkpoint -> checkpoint[column]).summaryStatistics();
    double middle = (all.getMin() + all.getMax()) / 2.0;
    assertThat(all.getMax()).as(what).isLessThanOrEqualTo((long) Math.ceil(middle * (1 + SPREAD)));
  }

  /** [checkpoint][sequences, heap, direct, resident] */
  private static List<long[]> soak(String device) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            KernelKind.MODULE,
            TrapLimit.OPTION,
            "-Xms256m",
            "-Xmx256m",
            "-XX:+AlwaysPreTouch",
            "-cp",
            System.getProperty("java.class.path"),
            MemorySoak.class.getName(),
            device,
            SEQUENCES);
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    List<long[]> checkpoints = new ArrayList<>();
    for (String line : output.lines().toList()) {
      if (line.startsWith("checkpoint ")) {
        String[] fields = line.split(" ");
        long[] values = new long[fields.length - 1];
        for (int i = 0; i < values.length; i++) {
          values[i] = Long.parseLong(fields[i + 1]);
        }
        checkpoints.add(values);
      }
    }
    return checkpoints;
  }
}
