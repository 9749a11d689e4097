package io.drex.engine;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeldWeights;
import io.drex.model.LoadedModel;

/**
 * A backend that has not run on real hardware yet, in the list of what {@code auto} tries: it is
 * passed over, so that nobody gets it without asking.
 */
record UntriedBackend(DeviceBackend backend) implements DeviceBackend {

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public Availability probe() {
    return backend.probe() instanceof Availability.Available available
        ? new Availability.Unavailable(
            available.description() + " is there, but this version was tried on no real one",
            "ask for --device " + name())
        : backend.probe();
  }

  @Override
  public String implementation() {
    return backend.implementation();
  }

  @Override
  public boolean isScheduleDependent() {
    return backend.isScheduleDependent();
  }

  @Override
  public boolean isAccelerator() {
    return backend.isAccelerator();
  }

  @Override
  public HeldWeights weights(LoadedModel model) {
    return backend.weights(model);
  }

  @Override
  public DeviceModel open(LoadedModel model, DeviceOptions options) {
    return backend.open(model, options);
  }
}
