package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The PTX reads memory as its kernels need it. */
class PtxLoadsTest {

  /** Loads of the read-only path may miss what the kernel itself wrote. */
  @ParameterizedTest
  @ValueSource(strings = {"sm_80", "sm_90a"})
  void samplingSeesTheLogitsThatItPenalised(String architecture) {
    String kernel = kernel("drex_sample", KernelFiles.ptx(architecture));
    assertThat(kernel).contains("ld.global.f32", "st.global.f32").doesNotContain("ld.global.nc");
  }

  private static String kernel(String name, String ptx) {
    int from = ptx.indexOf(".entry " + name + "(");
    assertThat(from).as(name).isNotNegative();
    return ptx.substring(from, ptx.indexOf("\n}", from));
  }
}
