package io.drex.job.run;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeldWeights;
import io.drex.model.LoadedModel;

/**
 * A device of the executors, seen by a driver that need not have it.
 *
 * @param backend what it is, whether or not it can run here
 * @param implementation as an executor told it
 */
record ClusterDevice(DeviceBackend backend, String implementation) implements DeviceBackend {

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public Availability probe() {
    return backend.probe();
  }

  @Override
  public boolean isSynthetic() {
    return backend.isSynthetic();
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
