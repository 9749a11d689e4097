package io.drex.device.cpu;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeldWeights;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.TrapLimit;
import io.drex.device.cpu.onednn.OneDnn;
import io.drex.model.LoadedModel;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs models on the CPU: with vector or scalar kernels, which are bit-identical, with rounded
 * weights or as they are; or with oneDNN for the linear layers.
 */
public final class CpuBackend implements DeviceBackend {
  private static final Logger LOG = LoggerFactory.getLogger(CpuBackend.class);

  /** Changes whenever the portable arithmetic changes a bit of any result. */
  private static final String IMPLEMENTATION = "cpu/portable-2";

  /** Changes whenever weights are rounded otherwise. */
  private static final String INT8 = IMPLEMENTATION + "/int8-1";

  /** Changes with the version of oneDNN, too; the instructions it uses are part of the name. */
  private static final String ONEDNN = "cpu/onednn-1";

  private static final String REASON = "this JVM runs without the module " + KernelKind.MODULE;
  private static final String REMEDY = "add the JVM option --add-modules " + KernelKind.MODULE;

  private final CpuProvider provider;
  private final Predicate<KernelKind> present;
  private final Supplier<Availability> oneDnn;

  public CpuBackend(CpuProvider provider) {
    this(provider, KernelKind::isPresent, OneDnn::probe);
  }

  /**
   * @param present which kernels this JVM has
   * @param oneDnn whether this process has oneDNN, and what instructions it uses
   */
  CpuBackend(CpuProvider provider, Predicate<KernelKind> present, Supplier<Availability> oneDnn) {
    this.provider = provider;
    this.present = present;
    this.oneDnn = oneDnn;
  }

  @Override
  public String name() {
    return provider.text();
  }

  @Override
  public Availability probe() {
    KernelKind kind = provider.kernels(present);
    if (!present.test(kind)) {
      return new Availability.Unavailable(REASON, REMEDY);
    }
    return switch (provider) {
      case BEST, SCALAR, VECTOR -> new Availability.Available("CPU, " + kind.description());
      case INT8 -> new Availability.Available("CPU, int8 layers, " + kind.description());
      case ONEDNN ->
          oneDnn.get() instanceof Availability.Available available
              ? new Availability.Available(
                  "CPU, oneDNN with " + available.description() + ", " + kind.description())
              : oneDnn.get();
    };
  }

  @Override
  public String implementation() {
    return switch (provider) {
      case BEST, SCALAR, VECTOR -> IMPLEMENTATION;
      case INT8 -> INT8;
      case ONEDNN ->
          oneDnn.get() instanceof Availability.Available available
              ? ONEDNN + "/" + available.description()
              : ONEDNN;
    };
  }

  @Override
  public HeldWeights weights(LoadedModel model) {
    return switch (provider) {
      case BEST, SCALAR, VECTOR -> HeldWeights.asStored(model);
      case INT8 -> RoundedWeights.of(model);
      case ONEDNN -> OneDnn.weights(model);
    };
  }

  @Override
  public DeviceModel open(LoadedModel model, DeviceOptions options) {
    KernelKind kind = provider.kernels(present);
    if (probe() instanceof Availability.Unavailable missing) {
      throw new DeviceException(
          "device " + name() + ": " + missing.reason() + "; " + missing.remedy());
    }
    if (provider != CpuProvider.SCALAR && kind == KernelKind.SCALAR) {
      LOG.warn("Running with scalar kernels, several times slower: {}; {}.", REASON, REMEDY);
    }
    if (kind == KernelKind.VECTOR && !TrapLimit.isHighEnough()) {
      LOG.warn(
          "Vector kernels may be some twenty times slower in this JVM than in another; add the JVM"
              + " option {}.",
          TrapLimit.OPTION);
    }
    return CpuModel.open(model, options, kind, provider.linear());
  }
}
