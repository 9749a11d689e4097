package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.DeviceException;
import io.drex.device.cuda.driver.Cuda;
import io.drex.device.cuda.driver.CudaDriver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Loading kernels into the emulated driver, which takes no machine code. */
@Tag("own-jvm")
class EmulatedLoadTest {
  private static final byte[] MACHINE_CODE = {0x7f, 'E', 'L', 'F'};

  private final List<String> asked = new ArrayList<>();

  @BeforeAll
  static void load() {
    Emulation.load();
  }

  @Test
  void aDriverThatRefusesTheMachineCodeGetsThePtx() {
    try (CudaDriver driver = Cuda.open("");
        DeviceMemory memory = new DeviceMemory(driver)) {
      KernelSet kernels = KernelSet.load(driver, memory, this::withMachineCode);
      assertThat(asked).containsExactly("cubin/kernels_sm_90a.cubin", "ptx/kernels_sm_90a.ptx");
      assertThat(kernels.prepare("attn_plan", 256, kernels.arguments())).isNotNull();
    }
  }

  @Test
  void saysWhatIsMissing() {
    try (CudaDriver driver = Cuda.open("");
        DeviceMemory memory = new DeviceMemory(driver)) {
      assertThatThrownBy(() -> KernelSet.load(driver, memory, name -> null))
          .isInstanceOf(DeviceException.class)
          .hasMessage("this build has no kernels: ptx/kernels_sm_90a.ptx is missing");
    }
  }

  private @Nullable InputStream withMachineCode(String name) {
    asked.add(name);
    return name.startsWith("cubin")
        ? new ByteArrayInputStream(MACHINE_CODE)
        : KernelSet.class.getResourceAsStream(name);
  }
}
