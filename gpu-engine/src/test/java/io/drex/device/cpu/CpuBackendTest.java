package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.Availability;
import io.drex.device.CacheGeometry;
import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.TinyModel;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.model.ConfidenceMetric;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CpuBackendTest {
  private static final Predicate<KernelKind> NO_VECTORS = KernelKind.SCALAR::equals;
  private static final LoadedModel MODEL = TinyModel.random(1, DType.BF16);
  private static final DeviceOptions OPTIONS =
      LockstepDecoder.options(MODEL.spec(), KvFill.MAP, 1, 1);

  @Test
  void providersHaveTheNamesThatUsersGive() {
    assertThat(CpuProvider.values())
        .extracting(CpuProvider::text)
        .containsExactly("cpu", "cpu:scalar", "cpu:vector");
  }

  @ParameterizedTest
  @EnumSource(CpuProvider.class)
  void allProvidersHaveOneImplementation(CpuProvider provider) {
    assertThat(new CpuBackend(provider).implementation()).isEqualTo("cpu/portable-1");
  }

  @Test
  void theBestProviderFallsBackToScalarKernels() {
    CpuBackend backend = new CpuBackend(CpuProvider.BEST, NO_VECTORS);
    assertThat(backend.probe()).isEqualTo(new Availability.Available("CPU, scalar kernels"));
    try (DeviceModel model = backend.open(MODEL, OPTIONS)) {
      assertThat(model.memoryBytes()).isPositive();
    }
  }

  @Test
  void theVectorProviderNeverFallsBack() {
    CpuBackend backend = new CpuBackend(CpuProvider.VECTOR, NO_VECTORS);
    assertThat(backend.probe())
        .isEqualTo(
            new Availability.Unavailable(
                "this JVM runs without the module jdk.incubator.vector",
                "add the JVM option --add-modules jdk.incubator.vector"));
    assertThatThrownBy(() -> backend.open(MODEL, OPTIONS))
        .isInstanceOf(DeviceException.class)
        .hasMessage(
            "device cpu:vector: this JVM runs without the module jdk.incubator.vector;"
                + " add the JVM option --add-modules jdk.incubator.vector");
  }

  @Test
  void theDescriptionTellsTheKernels() {
    assertThat(new CpuBackend(CpuProvider.VECTOR).probe())
        .isInstanceOfSatisfying(
            Availability.Available.class,
            available ->
                assertThat(available.description()).matches("CPU, vector kernels, \\d+ lanes"));
  }

  @Test
  void refusesAKvPoolThatNoArrayHolds() {
    CacheGeometry cache = new CacheGeometry(3, 64, 200_000);
    DeviceOptions options =
        new DeviceOptions(cache, KvFill.MAP, ConfidenceMetric.MARGIN, 1, 1, 1, 1);
    LoadedModel wide = TinyModel.wide();
    assertThatThrownBy(() -> new CpuBackend(CpuProvider.SCALAR).open(wide, options))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("a KV pool of 12800000 tokens is too large")
        .hasMessageContaining("lower the slots");
  }

  @Test
  void refusesACacheThatIsNotCutAtTheRamps() {
    CacheGeometry cache = new CacheGeometry(2, 16, 8);
    DeviceOptions options =
        new DeviceOptions(cache, KvFill.MAP, ConfidenceMetric.MARGIN, 1, 1, 1, 1);
    assertThatThrownBy(() -> new CpuBackend(CpuProvider.SCALAR).open(MODEL, options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the KV cache has 2 segments, but 2 ramps cut the model into 3");
  }
}
