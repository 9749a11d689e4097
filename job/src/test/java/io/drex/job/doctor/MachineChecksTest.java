package io.drex.job.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.cpu.kernel.TrapLimit;
import org.junit.jupiter.api.Test;

class MachineChecksTest {
  @Test
  void tellsTheInstructionsThatKernelsUse() {
    assertThat(MachineChecks.instructions("model name\t: X\nflags\t\t: fpu avx2 avx512_bf16 fma\n"))
        .containsExactly("avx2", "fma", "avx512_bf16");
    assertThat(MachineChecks.instructions("Features\t: fp asimd bf16\nFeatures\t: sve\n"))
        .containsExactly("asimd", "bf16");
    assertThat(MachineChecks.instructions("processor : 0\n")).isEmpty();
  }

  @Test
  void saysWhatVectorKernelsLack() {
    assertThat(MachineChecks.vectorModule(true, true).level()).isEqualTo(Finding.Level.OK);
    assertThat(MachineChecks.vectorModule(false, true).line())
        .startsWith("warn  vector")
        .contains("scalar", "--add-modules jdk.incubator.vector");
    assertThat(MachineChecks.vectorModule(true, false).line())
        .startsWith("warn  vector")
        .contains("slower", "conf/spark-defaults.conf", TrapLimit.OPTION);
  }
}
