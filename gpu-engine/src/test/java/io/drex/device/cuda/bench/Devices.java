package io.drex.device.cuda.bench;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.engine.Backends;
import java.util.List;

/** The GPU under its two arithmetics. */
final class Devices {
  static final String STRICT = "cuda";
  static final String FAST = "cuda:fast";
  static final List<String> BOTH = List.of(STRICT, FAST);

  private Devices() {}

  /** Why a device cannot be used; empty if it can. */
  static String missing(String device) {
    try {
      DeviceBackend backend = Backends.named(device);
      return backend.probe() instanceof Availability.Unavailable missing ? missing.reason() : "";
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
