package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.KvFill;
import io.drex.device.SoloDecoder;
import io.drex.device.TinyModel;
import io.drex.model.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs the backend in a JVM that was not given the vector module. */
class NoVectorModuleTest {
  private static final String UNAVAILABLE =
      "Unavailable[reason=this JVM runs without the module jdk.incubator.vector,"
          + " remedy=add the JVM option --add-modules jdk.incubator.vector]";

  @Test
  void theBestProviderWarnsOnceAndGivesTheSameBytes() throws Exception {
    List<String> lines = runWithoutModule();
    assertThat(lines)
        .filteredOn(line -> line.contains("WARN"))
        .singleElement()
        .asString()
        .contains("add the JVM option --add-modules jdk.incubator.vector");
    assertThat(lines).contains("cpu:vector " + UNAVAILABLE).endsWith(decode(CpuProvider.VECTOR));
  }

  /** Prints what becomes of each provider. */
  public static void main(String[] args) {
    System.out.println("cpu:vector " + new CpuBackend(CpuProvider.VECTOR).probe());
    System.out.println(decode(CpuProvider.BEST));
  }

  private static String decode(CpuProvider provider) {
    return SoloDecoder.decode(
            new CpuBackend(provider),
            TinyModel.random(1, DType.BF16),
            KvFill.MAP,
            TinyModel.prompt(1, 9),
            12)
        .toString();
  }

  private static List<String> runWithoutModule() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                NoVectorModuleTest.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output.lines().toList();
  }
}
