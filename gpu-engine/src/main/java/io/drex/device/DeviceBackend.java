package io.drex.device;

import io.drex.model.LoadedModel;
import java.util.List;

/** A kind of device. */
public interface DeviceBackend {

  /** The name users give to {@code --device}. */
  String name();

  /** Whether this backend can run here; never throws. */
  Availability probe();

  /**
   * What changes results: kernels and their implementation, for the run's fingerprint. Two backends
   * with equal implementations give equal bytes, unless those depend on the schedule.
   */
  String implementation();

  /**
   * Whether confidences and lengths are made up rather than the model's own, so that no figure of
   * quality means anything.
   */
  default boolean isSynthetic() {
    return false;
  }

  /**
   * Whether a row's bits may depend on the rows that are computed with it, so that runs of equal
   * implementations need not give equal bytes.
   */
  default boolean isScheduleDependent() {
    return false;
  }

  /**
   * Whether it is hardware beside the processor, which some hosts of a cluster may have and others
   * not.
   */
  default boolean isAccelerator() {
    return false;
  }

  /**
   * What else is to be known of an available device, for a report of the machine, a line each. May
   * open it for a moment.
   *
   * @throws DeviceException if that fails
   */
  default List<String> details() {
    return List.of();
  }

  /** What this device would keep of a model's weights. */
  default HeldWeights weights(LoadedModel model) {
    return HeldWeights.asStored(model);
  }

  /**
   * Puts a model on the device. {@code model.spec().ramps()} are the ramps that cut it into
   * segments; all of them are read.
   *
   * @throws DeviceException if the device lacks memory or cannot be opened
   */
  DeviceModel open(LoadedModel model, DeviceOptions options);
}
