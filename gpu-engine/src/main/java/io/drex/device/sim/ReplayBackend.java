package io.drex.device.sim;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeldWeights;
import io.drex.model.LoadedModel;

/**
 * Another device that does all its work, while what its heads say is replaced by a trace: the
 * confidences at ramps, and where sequences end. So exits are those of the recorded run, whatever
 * the weights are. A sequence that the trace does not know by its {@link
 * io.drex.device.SequenceKey} takes the record of another.
 */
public final class ReplayBackend implements DeviceBackend {
  private static final int HASH_CHARS = 16;

  private final DeviceBackend device;
  private final Trace trace;

  public ReplayBackend(DeviceBackend device, Trace trace) {
    this.device = device;
    this.trace = trace;
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public Availability probe() {
    return device.probe();
  }

  @Override
  public String implementation() {
    return device.implementation() + "+trace:" + trace.hash().substring(0, HASH_CHARS);
  }

  @Override
  public boolean isSynthetic() {
    return true;
  }

  @Override
  public boolean isScheduleDependent() {
    return device.isScheduleDependent();
  }

  @Override
  public boolean isAccelerator() {
    return device.isAccelerator();
  }

  @Override
  public HeldWeights weights(LoadedModel model) {
    return device.weights(model);
  }

  /**
   * Opens the device; a model that is not cut has lengths replayed alone.
   *
   * @throws DeviceException also if the model is cut at another number of ramps than the trace
   */
  @Override
  public DeviceModel open(LoadedModel model, DeviceOptions options) {
    int ramps = model.spec().ramps().size();
    if (ramps > 0 && ramps != trace.ramps()) {
      throw new DeviceException(
          "the trace has readings of "
              + trace.ramps()
              + " ramps, but the model is cut at "
              + ramps
              + "; replay it with ramps like those it was recorded with");
    }
    return new ReplayModel(device.open(model, options), model, options, trace);
  }
}
