package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.Availability;
import io.drex.device.CacheGeometry;
import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeldWeights;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.TinyModel;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.model.ConfidenceMetric;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CpuBackendTest {
  private static final Predicate<KernelKind> NO_VECTORS = KernelKind.SCALAR::equals;
  private static final Supplier<Availability> ONEDNN_ON_AMX =
      () -> new Availability.Available("avx10_1_512_amx");
  private static final LoadedModel MODEL = TinyModel.random(1, DType.BF16);
  private static final DeviceOptions OPTIONS =
      LockstepDecoder.options(MODEL.spec(), KvFill.MAP, 1, 1);

  @Test
  void providersHaveTheNamesThatUsersGive() {
    assertThat(CpuProvider.values())
        .extracting(CpuProvider::text)
        .containsExactly("cpu", "cpu:scalar", "cpu:vector", "cpu:int8", "cpu:onednn");
  }

  @ParameterizedTest
  @EnumSource(
      value = CpuProvider.class,
      names = {"INT8", "ONEDNN"},
      mode = EnumSource.Mode.EXCLUDE)
  void allPortableProvidersHaveOneImplementation(CpuProvider provider) {
    assertThat(new CpuBackend(provider, NO_VECTORS, ONEDNN_ON_AMX).implementation())
        .isEqualTo("cpu/portable-2");
  }

  @Test
  void roundedWeightsAreAnotherImplementationWithAnyKernels() {
    CpuBackend scalar = new CpuBackend(CpuProvider.INT8, NO_VECTORS, ONEDNN_ON_AMX);
    CpuBackend vector = new CpuBackend(CpuProvider.INT8);
    assertThat(scalar.implementation())
        .isEqualTo("cpu/portable-2/int8-1")
        .isEqualTo(vector.implementation());
    assertThat(scalar.probe())
        .isEqualTo(new Availability.Available("CPU, int8 layers, scalar kernels"));
  }

  @Test
  void roundedWeightsTakeAByteEachAndAScaleForEachOutput() {
    int outputs = (4 + 2 * 2) * 12 + 48 + 2 * 80 + 48; // of a layer
    int weights = (4 + 2 * 2) * 12 * 48 + 48 * 48 + 3 * 80 * 48;
    long saved = TinyModel.LAYERS * (weights - 4L * outputs);
    assertThat(new CpuBackend(CpuProvider.INT8).weights(MODEL))
        .isEqualTo(new HeldWeights("bf16+int8", MODEL.weightBytes() - saved, 0, 0));
    assertThat(new CpuBackend(CpuProvider.VECTOR).weights(MODEL))
        .isEqualTo(new HeldWeights("bf16", MODEL.weightBytes(), 0, 0));
  }

  @Test
  void oneDnnIsAnotherImplementationForEachSetOfInstructions() {
    CpuBackend backend = new CpuBackend(CpuProvider.ONEDNN, NO_VECTORS, ONEDNN_ON_AMX);
    assertThat(backend.implementation()).isEqualTo("cpu/onednn-1/avx10_1_512_amx");
    assertThat(backend.probe())
        .isEqualTo(new Availability.Available("CPU, oneDNN with avx10_1_512_amx, scalar kernels"));
  }

  @Test
  void oneDnnNeverFallsBack() {
    Supplier<Availability> missing =
        () -> new Availability.Unavailable("there is none", "run with --device cpu:vector");
    CpuBackend backend = new CpuBackend(CpuProvider.ONEDNN, NO_VECTORS, missing);
    assertThat(backend.probe()).isEqualTo(missing.get());
    assertThat(backend.implementation()).isEqualTo("cpu/onednn-1");
    assertThatThrownBy(() -> backend.open(MODEL, OPTIONS))
        .isInstanceOf(DeviceException.class)
        .hasMessage("device cpu:onednn: there is none; run with --device cpu:vector");
  }

  @Test
  void theBestProviderFallsBackToScalarKernels() {
    CpuBackend backend = new CpuBackend(CpuProvider.BEST, NO_VECTORS, ONEDNN_ON_AMX);
    assertThat(backend.probe()).isEqualTo(new Availability.Available("CPU, scalar kernels"));
    try (DeviceModel model = backend.open(MODEL, OPTIONS)) {
      assertThat(model.memoryBytes()).isPositive();
    }
  }

  @Test
  void theVectorProviderNeverFallsBack() {
    CpuBackend backend = new CpuBackend(CpuProvider.VECTOR, NO_VECTORS, ONEDNN_ON_AMX);
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
        new DeviceOptions(cache, KvFill.MAP, ConfidenceMetric.MARGIN, 1, 1, 1, 1, 1);
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
        new DeviceOptions(cache, KvFill.MAP, ConfidenceMetric.MARGIN, 1, 1, 1, 1, 1);
    assertThatThrownBy(() -> new CpuBackend(CpuProvider.SCALAR).open(MODEL, options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the KV cache has 2 segments, but 2 ramps cut the model into 3");
  }
}
