package io.drex.device.cuda;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.cuda.driver.Cuda;
import io.drex.model.LoadedModel;

/** Runs models on an NVIDIA GPU: the first that the driver shows to this process. */
public final class CudaBackend implements DeviceBackend {
  /**
   * Changes whenever the arithmetic changes a bit of any result. Generations of GPUs add within an
   * instruction in orders of their own, so theirs is part of the name.
   */
  private static final String IMPLEMENTATION = "cuda/strict-2";

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Availability probe() {
    return Cuda.probe();
  }

  @Override
  public String implementation() {
    return probe() instanceof Availability.Available
        ? IMPLEMENTATION + "/" + Cuda.architecture()
        : IMPLEMENTATION;
  }

  @Override
  public DeviceModel open(LoadedModel model, DeviceOptions options) {
    return CudaModel.open(model, options, Cuda.open());
  }
}
