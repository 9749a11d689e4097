package io.drex.job.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.model.LoadedModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceChecksTest {
  private static final Availability THERE = new Availability.Available("A GPU");

  @Test
  void whatIsToBeKnownOfADeviceFollowsIt() {
    List<DeviceBackend> one = List.of(new Fake("gpu", THERE, List.of("memory: 1 GiB", "kernels")));
    assertThat(DeviceChecks.of(one, "auto"))
        .extracting(Finding::line)
        .containsExactly(
            "ok    device      gpu: A GPU",
            "ok    device      gpu: memory: 1 GiB",
            "ok    device      gpu: kernels");
  }

  @Test
  void aDeviceThatCannotBeOpenedFailsWhoAskedForIt() {
    List<DeviceBackend> one = List.of(new Fake("gpu", THERE, List.of()));
    assertThat(DeviceChecks.of(one, "gpu"))
        .extracting(Finding::level)
        .containsExactly(Finding.Level.OK, Finding.Level.FAIL);
    assertThat(DeviceChecks.of(one, "cpu").get(1).line())
        .startsWith("warn  device      gpu: it is in use → look with nvidia-smi ");
  }

  @Test
  void aDeviceThatIsNotThereFailsWhoAskedForIt() {
    Availability missing = new Availability.Unavailable("no driver", "install one");
    List<DeviceBackend> one = List.of(new Fake("gpu", missing, List.of("never asked")));
    assertThat(DeviceChecks.of(one, "gpu"))
        .containsExactly(Finding.fail("device", "gpu: no driver", "install one"));
    assertThat(DeviceChecks.of(one, "auto"))
        .containsExactly(Finding.warn("device", "gpu: no driver", "install one"));
  }

  /**
   * @param details none if it cannot be opened
   */
  private record Fake(String name, Availability probe, List<String> details)
      implements DeviceBackend {

    @Override
    public List<String> details() {
      if (details.isEmpty()) {
        throw new DeviceException("it is in use");
      }
      return details;
    }

    @Override
    public String implementation() {
      return name;
    }

    @Override
    public DeviceModel open(LoadedModel model, DeviceOptions options) {
      throw new AssertionError("not opened here");
    }
  }
}
