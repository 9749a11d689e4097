package io.drex.device.sim;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.policy.CostTable;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A GPU's time for a model of some shape, without either: {@code
 * sim:<gpu>/<shape>[@<rate>[,<rate>…]]}, such as {@code sim:h200/llama-2-13b@.3,.5}. The given
 * model says where ramps lie, as shares of its depth; rates say how many of the rows that meet a
 * ramp pass it, the last one for all deeper ramps too.
 */
public final class SimBackend implements DeviceBackend {
  private static final String PREFIX = "sim:";

  private final String name;
  private final Gpu gpu;
  private final ModelShape shape;
  private final SimRates rates;

  private SimBackend(String name, Gpu gpu, ModelShape shape, SimRates rates) {
    this.name = name;
    this.gpu = gpu;
    this.shape = shape;
    this.rates = rates;
  }

  /** The form of the names, for messages and help. */
  public static String form() {
    return PREFIX + "<gpu>/<shape>";
  }

  /** Whether a device name has the form of a simulated GPU's. */
  public static boolean isNamed(String device) {
    return device.startsWith(PREFIX) && SimRates.without(device).contains("/");
  }

  /**
   * The simulated GPU of a name.
   *
   * @throws IllegalArgumentException if a part of it is unknown; the message lists the known
   */
  public static SimBackend named(String device) {
    String parts = SimRates.without(device).substring(PREFIX.length());
    int slash = parts.indexOf('/');
    String gpuName = parts.substring(0, slash);
    String shapeName = parts.substring(slash + 1);
    Gpu gpu =
        Arrays.stream(Gpu.values())
            .filter(one -> one.text().equals(gpuName))
            .findFirst()
            .orElseThrow(() -> unknown(device, "GPU", gpuName, gpuNames()));
    ModelShape shape =
        ModelShape.named(shapeName)
            .orElseThrow(() -> unknown(device, "shape", shapeName, ModelShape.names()));
    return new SimBackend(device, gpu, shape, SimRates.of(device));
  }

  /** The GPU whose time is modelled. */
  public Gpu gpu() {
    return gpu;
  }

  /** The shape of the model whose time is modelled. */
  public ModelShape shape() {
    return shape;
  }

  private static IllegalArgumentException unknown(
      String device, String what, String name, String known) {
    return new IllegalArgumentException(
        "device " + device + ": unknown " + what + " '" + name + "'; known: " + known);
  }

  private static String gpuNames() {
    return Arrays.stream(Gpu.values()).map(Gpu::text).collect(Collectors.joining(", "));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Availability probe() {
    return new Availability.Available(
        "no device: the modelled time of a " + shape.name() + " on a " + gpu.text());
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
    ModelSpec spec = model.spec();
    return new SimModel(
        model,
        options,
        CostTable.modelled(gpu, shape, depths(spec)),
        rates.exits(spec.ramps().size()),
        SimModel.OWN_CONTEXT);
  }

  /** The ramps' depths in the shape, increasing as they do in the model. */
  private int[] depths(ModelSpec spec) {
    int ramps = spec.ramps().size();
    int[] depths = new int[ramps];
    int least = 1;
    for (int ramp = 0; ramp < ramps; ramp++) {
      RampSpec own = spec.ramps().get(ramp);
      int most = shape.layers() - (ramps - ramp); // room for the ramps after it
      int depth = Math.round((float) own.depth() * shape.layers() / spec.layers());
      depths[ramp] = Math.max(least, Math.min(most, depth));
      least = depths[ramp] + 1;
    }
    return depths;
  }
}
