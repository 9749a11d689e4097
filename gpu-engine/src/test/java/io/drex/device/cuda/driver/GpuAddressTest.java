package io.drex.device.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.cuda.driver.CudaDriver.Gpu;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuAddressTest {
  private static final List<Gpu> TWO =
      List.of(gpu("0000:3b:00.0", "GPU-5ab1-0"), gpu("0001:af:00.0", "GPU-5ab1-1"));

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "0, 0",
    "1, 1",
    "GPU-5ab1-1, 1",
    "gpu-5AB1-1, 1",
    "0000:3b:00.0, 0",
    "00000001:AF:00.0, 1",
    "3B:00.0, 0"
  })
  void isANumberOrUuidOrPlace(String address, int ordinal) {
    assertThat(new GpuAddress(address).among(TWO, "")).hasValue(ordinal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2", "-1", "99999999999", "GPU-5ab1", "0000:af:00.0", "0000:3b:00.1", "first"})
  void isOfNoOther(String address) {
    assertThat(new GpuAddress(address).among(TWO, "")).isEmpty();
    assertThat(new GpuAddress("").among(List.of(), "")).isEmpty();
  }

  @Test
  void anInstanceIsTheOneThatTheProcessMayUse() {
    List<Gpu> one = TWO.subList(0, 1);
    assertThat(new GpuAddress("MIG-a").among(one, "")).hasValue(0);
    assertThat(new GpuAddress("MIG-a").among(one, "MIG-a,MIG-b")).hasValue(0);
    assertThat(new GpuAddress("MIG-a").among(one, "MIG-b")).isEmpty();
    assertThat(new GpuAddress("MIG-a").among(TWO, "")).isEmpty();
  }

  private static Gpu gpu(String pciId, String uuid) {
    return new Gpu("A GPU", 90, 1L << 30, pciId, uuid, 12_040);
  }
}
