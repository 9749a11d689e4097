package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.cuda.CudaBackend;
import io.drex.model.LoadedModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendsTest {
  @Test
  void everyBackendIsFoundByItsName() {
    for (DeviceBackend backend : Backends.all()) {
      if (backend.probe() instanceof Availability.Available) {
        assertThat(Backends.select(backend.name())).isSameAs(backend);
      }
    }
  }

  @Test
  void anUnknownDeviceIsAnErrorThatListsTheKnown() {
    assertThatThrownBy(() -> Backends.select("gpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unknown device 'gpu'; known: auto, cuda, cuda:fast, cpu, cpu:scalar, cpu:vector,"
                + " cpu:int8, cpu:onednn, sim:noop, cuda:<number, UUID or PCI id>,"
                + " cuda:fast:<number, UUID or PCI id>, sim:<gpu>/<shape>, sim:<cost table>.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cuda", "cuda:fast", "cuda:fast:0"})
  void cudaByNameIsNeverReplacedBySomethingElse(String device) {
    assumeNoGpu();
    assertThatThrownBy(() -> Backends.select(device))
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("device " + device + " cannot run here: ")
        .hasMessageContaining("--device cpu");
  }

  @Test
  void aDeviceCanBeNamedThatCannotRunHere() {
    assumeNoGpu();
    assertThat(Backends.named("cuda").isAccelerator()).isTrue();
    assertThat(Backends.named("cuda:1").name()).isEqualTo("cuda:1");
    assertThat(Backends.named("cuda:fast:GPU-1").name()).isEqualTo("cuda:fast:GPU-1");
    assertThat(Backends.named("cpu").isAccelerator()).isFalse();
    assertThatThrownBy(() -> Backends.named("cuda:"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'cuda:' names no GPU; say cuda:<number, UUID or PCI id>, or cuda for the first");
    assertThatThrownBy(() -> Backends.named("cuda:fast:"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'cuda:fast:' names no GPU; say cuda:fast:<number, UUID or PCI id>, or cuda:fast for"
                + " the first");
  }

  @Test
  void libraryKernelsAreAnImplementationWhoseRowsDependOnTheirBatch() {
    assumeNoGpu();
    DeviceBackend strict = Backends.named("cuda");
    DeviceBackend fast = Backends.named("cuda:fast");
    assertThat(strict.implementation()).isEqualTo("cuda/strict-2");
    assertThat(fast.implementation()).isEqualTo("cuda/fast-1");
    assertThat(strict.isScheduleDependent()).isFalse();
    assertThat(fast.isScheduleDependent()).isTrue();
  }

  @Test
  void anAssignedGpuIsTheOneThatCudaRunsOn() {
    assertThat(Backends.at("cuda", "GPU-1")).isEqualTo("cuda:GPU-1");
    assertThat(Backends.at("cuda:fast", "GPU-1")).isEqualTo("cuda:fast:GPU-1");
    assertThat(Backends.at("cpu", "GPU-1")).isEqualTo("cpu");
    assertThat(Backends.at("auto", "GPU-1")).isEqualTo("auto");
    assertThatThrownBy(() -> Backends.at("cuda:1", "GPU-1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("device cuda:1 names a GPU, but the GPU GPU-1 was assigned; say --device cuda");
    assertThatThrownBy(() -> Backends.at("cuda:fast:1", "GPU-1"))
        .hasMessageEndingWith("; say --device cuda:fast");
  }

  @Test
  void autoFallsBack() {
    assertThat(Backends.select("auto").name()).isEqualTo("cpu");
  }

  @Test
  void autoTakesTheFirstThatCanRun() {
    DeviceBackend missing = backend("a", new Availability.Unavailable("no a", "buy one"));
    DeviceBackend present = backend("b", new Availability.Available("b"));
    DeviceBackend later = backend("c", new Availability.Available("c"));
    assertThat(Backends.firstAvailable(List.of(missing, present, later))).isSameAs(present);
    assertThatThrownBy(() -> Backends.firstAvailable(List.of(missing)))
        .isInstanceOf(EngineException.class)
        .hasMessage("no device can run here: [a: no a; buy one]");
  }

  @Test
  void autoPassesOverWhatWasTriedOnNoHardware() {
    DeviceBackend untried = new UntriedBackend(backend("a", new Availability.Available("An A")));
    DeviceBackend tried = backend("b", new Availability.Available("b"));
    assertThat(Backends.firstAvailable(List.of(untried, tried))).isSameAs(tried);
    assertThat(untried.probe())
        .isEqualTo(
            new Availability.Unavailable(
                "An A is there, but this version was tried on no real one", "ask for --device a"));
  }

  private static void assumeNoGpu() {
    assumeThat(new CudaBackend().probe()).isInstanceOf(Availability.Unavailable.class);
  }

  private static DeviceBackend backend(String name, Availability availability) {
    return new DeviceBackend() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Availability probe() {
        return availability;
      }

      @Override
      public String implementation() {
        return name;
      }

      @Override
      public DeviceModel open(LoadedModel model, DeviceOptions options) {
        throw new AssertionError("not opened here");
      }
    };
  }
}
