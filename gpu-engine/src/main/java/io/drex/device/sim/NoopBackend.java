package io.drex.device.sim;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.model.LoadedModel;

/**
 * Needs no weights and does no arithmetic: a row's token and confidence are a hash of the token
 * before it and its position, so results do not depend on the schedule. Completions are about 16
 * tokens long where the model has a stop token.
 */
public final class NoopBackend implements DeviceBackend {

  @Override
  public String name() {
    return "sim:noop";
  }

  @Override
  public Availability probe() {
    return new Availability.Available("no device: tokens are hashes");
  }

  @Override
  public String implementation() {
    return "sim:noop-1";
  }

  @Override
  public boolean isSynthetic() {
    return true;
  }

  @Override
  public DeviceModel open(LoadedModel model, DeviceOptions options) {
    return new NoopModel(
        model.spec().vocabSize(),
        model.stopTokens().stream().sorted().mapToInt(Integer::intValue).toArray(),
        options.hiddenSlots());
  }
}
