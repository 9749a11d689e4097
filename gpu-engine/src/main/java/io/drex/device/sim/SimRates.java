package io.drex.device.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * How many of the rows that meet a ramp pass it, as the name of a simulated device says behind an
 * {@code @}: {@code @.3,.5}; half of them where it says nothing.
 *
 * @param rates by ramp, the last for all deeper ramps too; at least one
 */
record SimRates(List<Double> rates) {
  private static final char BEFORE = '@';
  private static final SimRates DEFAULT = new SimRates(List.of(.5));

  SimRates {
    rates = List.copyOf(rates);
  }

  /**
   * The rates in a device's name.
   *
   * @throws IllegalArgumentException naming the device and what is no rate
   */
  static SimRates of(String device) {
    int at = at(device);
    return at < 0 ? DEFAULT : parse(device, device.substring(at + 1));
  }

  /** The device's name without its rates. */
  static String without(String device) {
    int at = at(device);
    return at < 0 ? device : device.substring(0, at);
  }

  /** Where the rates begin, or -1: an {@code @} in the name of a folder begins none. */
  private static int at(String device) {
    int at = device.lastIndexOf(BEFORE);
    return at > device.lastIndexOf('/') ? at : -1;
  }

  private static SimRates parse(String device, String text) {
    List<Double> rates = new ArrayList<>();
    for (String rate : text.split(",", -1)) {
      try {
        rates.add(Double.valueOf(rate));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "device " + device + ": '" + rate + "' is not an exit rate such as .5", e);
      }
    }
    new ExitProcess.Bernoulli(rates); // refuses what is no rate
    return new SimRates(rates);
  }

  /** Rows that leave by these rates. */
  ExitProcess exits(int ramps) {
    List<Double> byRamp = new ArrayList<>();
    for (int ramp = 0; ramp < ramps; ramp++) {
      byRamp.add(rates.get(Math.min(ramp, rates.size() - 1)));
    }
    return new ExitProcess.Bernoulli(byRamp);
  }
}
