package io.drex.device.cpu.onednn;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.drex.device.Availability;

/** Skips tests on machines that oneDNN does not run on. */
public final class NeedsOneDnn {
  private NeedsOneDnn() {}

  public static void check() {
    Availability availability = OneDnn.probe();
    assumeThat(availability).as("%s", availability).isInstanceOf(Availability.Available.class);
  }
}
