package io.drex.device.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrapLimitTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    TrapLimit.OPTION + ", true",
    "-XX:PerMethodTrapLimit=99999, false",
    "-Xmx64m, false" // the JVM's own limit
  })
  void theLimitIsTheJvms(String option, String isHighEnough) throws Exception {
    assertThat(KernelProcess.run(folder, TrapLimitTest.class, List.of(option)))
        .isEqualTo(isHighEnough);
  }

  @Test
  void testsRunWithTheOption() {
    assertThat(TrapLimit.isHighEnough()).as("drex.jvm.options of pom.xml").isTrue();
  }

  /** Prints whether this JVM's limit is high enough. */
  public static void main(String[] args) {
    System.out.println(TrapLimit.isHighEnough());
  }
}
