package io.drex.engine;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.cpu.CpuBackend;
import io.drex.device.cpu.CpuProvider;
import io.drex.device.cuda.CudaBackend;
import io.drex.device.sim.NoopBackend;
import io.drex.device.sim.ReplayBackend;
import io.drex.device.sim.SavedSimBackend;
import io.drex.device.sim.SimBackend;
import io.drex.device.sim.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The backends of this build: the one place that names them. */
public final class Backends {
  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);
  private static final String AUTO = "auto";

  private static final DeviceBackend CUDA = new CudaBackend();
  private static final DeviceBackend CPU = new CpuBackend(CpuProvider.BEST);

  /** What {@code auto} tries, best first. */
  private static final List<DeviceBackend> AUTOMATIC = List.of(new UntriedBackend(CUDA), CPU);

  private static final List<DeviceBackend> ALL =
      List.of(
          CUDA,
          CudaBackend.fast(),
          CPU,
          new CpuBackend(CpuProvider.SCALAR),
          new CpuBackend(CpuProvider.VECTOR),
          new CpuBackend(CpuProvider.INT8),
          new CpuBackend(CpuProvider.ONEDNN),
          new NoopBackend());

  private Backends() {}

  /** All backends but the simulated devices, for a report of what can run here. */
  public static List<DeviceBackend> all() {
    return ALL;
  }

  /** All names that {@link #select} takes, for messages and help. */
  public static String known() {
    return AUTO
        + all().stream().map(DeviceBackend::name).collect(Collectors.joining(", ", ", ", ", "))
        + CudaBackend.forms()
        + ", "
        + SimBackend.form()
        + ", "
        + SavedSimBackend.form();
  }

  /**
   * The backend that a device name means here. {@code auto} takes the best that can run; a backend
   * asked for by name must be able to run.
   *
   * @throws IllegalArgumentException if there is no such name; the message lists those there are
   * @throws EngineException if the backend cannot run here; the message says why and what to do
   */
  public static DeviceBackend select(String device) {
    DeviceBackend backend = named(device);
    if (backend.probe() instanceof Availability.Unavailable missing) {
      throw new EngineException(
          "device " + device + " cannot run here: " + missing.reason() + "; " + missing.remedy());
    }
    return backend;
  }

  /**
   * The backend that a device name means, whether or not one asked for by name can run here.
   *
   * @throws IllegalArgumentException if there is no such name; the message lists those there are
   */
  public static DeviceBackend named(String device) {
    if (device.equals(AUTO)) {
      return firstAvailable(AUTOMATIC);
    }
    if (SavedSimBackend.isNamed(device)) {
      return SavedSimBackend.named(device);
    }
    if (SimBackend.isNamed(device)) {
      return SimBackend.named(device);
    }
    for (DeviceBackend backend : all()) {
      if (backend.name().equals(device)) {
        return backend;
      }
    }
    if (CudaBackend.isNamed(device)) {
      return CudaBackend.named(device);
    }
    throw new IllegalArgumentException("unknown device '" + device + "'; known: " + known());
  }

  /**
   * The device of that name on the GPU that a cluster manager assigned; {@code auto}, which takes
   * no GPU yet, and devices that are none stay as they are.
   *
   * @param address of the GPU
   * @throws IllegalArgumentException if the name has an address already
   */
  public static String at(String device, String address) {
    return CudaBackend.isNamed(device) ? CudaBackend.named(device).on(address).name() : device;
  }

  /** A backend with what its heads say replaced by a trace. */
  public static DeviceBackend replaying(DeviceBackend device, Trace trace) {
    return new ReplayBackend(device, trace);
  }

  /** Warns, where an engine is opened, that {@code auto} had to pass over a better device. */
  static void warnOfFallback(String device) {
    List<String> passedOver = device.equals(AUTO) ? passedOver(AUTOMATIC) : List.of();
    if (!passedOver.isEmpty()) {
      LOG.warn("Device auto runs on {}; passed over {}", select(AUTO).name(), passedOver);
    }
  }

  static DeviceBackend firstAvailable(List<DeviceBackend> candidates) {
    List<String> passedOver = passedOver(candidates);
    if (passedOver.size() == candidates.size()) {
      throw new EngineException("no device can run here: " + passedOver);
    }
    return candidates.get(passedOver.size());
  }

  private static List<String> passedOver(List<DeviceBackend> candidates) {
    List<String> passedOver = new ArrayList<>();
    for (DeviceBackend backend : candidates) {
      if (!(backend.probe() instanceof Availability.Unavailable missing)) {
        break;
      }
      passedOver.add(backend.name() + ": " + missing.reason() + "; " + missing.remedy());
    }
    return passedOver;
  }
}
