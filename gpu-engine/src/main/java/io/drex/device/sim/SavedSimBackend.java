package io.drex.device.sim;

import io.drex.cost.CostTableFile;
import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.model.LoadedModel;
import io.drex.policy.CostTable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The time of a device whose cost table was saved, without the device: {@code
 * sim:<file>.json[@<rate>[,<rate>…]]}, such as {@code sim:/data/h200.json@.3}. The model has to be
 * cut into as many segments as the table has, or into one.
 *
 * @see SimBackend for the rates
 */
public final class SavedSimBackend implements DeviceBackend {
  private static final String PREFIX = "sim:";
  private static final String ENDING = ".json";

  private final String name;
  private final CostTable costs;
  private final SimRates rates;

  private SavedSimBackend(String name, CostTable costs, SimRates rates) {
    this.name = name;
    this.costs = costs;
    this.rates = rates;
  }

  /** The form of the names, for messages and help. */
  public static String form() {
    return PREFIX + "<cost table>" + ENDING;
  }

  /** Whether a device name has the form of a saved device's. */
  public static boolean isNamed(String device) {
    return device.startsWith(PREFIX) && SimRates.without(device).endsWith(ENDING);
  }

  /**
   * The simulated device of a name.
   *
   * @throws IllegalArgumentException if its file is missing or no cost table, or a rate is none
   */
  public static SavedSimBackend named(String device) {
    SimRates rates = SimRates.of(device);
    Path file = Path.of(SimRates.without(device).substring(PREFIX.length()));
    try {
      return new SavedSimBackend(device, CostTableFile.read(file), rates);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          "device " + device + ": there is no file " + file + "; --cost-table FILE writes one", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("device " + device + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Availability probe() {
    return new Availability.Available("no device: the time that " + costs.name() + " took");
  }

  @Override
  public String implementation() {
    return name + "-1";
  }

  @Override
  public boolean isSynthetic() {
    return true;
  }

  @Override
  public DeviceModel open(LoadedModel model, DeviceOptions options) {
    int ramps = model.spec().ramps().size();
    int segments = costs.segments().size();
    if (ramps > 0 && ramps + 1 != segments) {
      throw new DeviceException(
          "device "
              + name
              + ": its cost table has "
              + segments
              + " segments, but the model is cut into "
              + (ramps + 1)
              + "; choose ramps with --ramps, or a table that was written with these");
    }
    return new SimModel(model, options, costs, rates.exits(ramps), SimModel.OWN_CONTEXT);
  }
}
