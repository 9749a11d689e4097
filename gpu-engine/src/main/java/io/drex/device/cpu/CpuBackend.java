package io.drex.device.cpu;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.model.LoadedModel;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs models on the CPU with vector or scalar kernels, which are bit-identical. */
public final class CpuBackend implements DeviceBackend {
  private static final Logger LOG = LoggerFactory.getLogger(CpuBackend.class);

  /** Changes whenever the portable arithmetic changes a bit of any result. */
  private static final String IMPLEMENTATION = "cpu/portable-1";

  private static final String REASON = "this JVM runs without the module " + KernelKind.MODULE;
  private static final String REMEDY = "add the JVM option --add-modules " + KernelKind.MODULE;

  private final CpuProvider provider;
  private final Predicate<KernelKind> present;

  public CpuBackend(CpuProvider provider) {
    this(provider, KernelKind::isPresent);
  }

  /**
   * @param present which kernels this JVM has
   */
  CpuBackend(CpuProvider provider, Predicate<KernelKind> present) {
    this.provider = provider;
    this.present = present;
  }

  @Override
  public String name() {
    return provider.text();
  }

  @Override
  public Availability probe() {
    KernelKind kind = kind();
    return present.test(kind)
        ? new Availability.Available("CPU, " + kind.description())
        : new Availability.Unavailable(REASON, REMEDY);
  }

  private KernelKind kind() {
    return switch (provider) {
      case SCALAR -> KernelKind.SCALAR;
      case VECTOR -> KernelKind.VECTOR;
      case BEST -> present.test(KernelKind.VECTOR) ? KernelKind.VECTOR : KernelKind.SCALAR;
    };
  }

  @Override
  public String implementation() {
    return IMPLEMENTATION;
  }

  @Override
  public DeviceModel open(LoadedModel model, DeviceOptions options) {
    KernelKind kind = kind();
    if (!present.test(kind)) {
      throw new DeviceException("device " + name() + ": " + REASON + "; " + REMEDY);
    }
    if (provider == CpuProvider.BEST && kind == KernelKind.SCALAR) {
      LOG.warn("Running with scalar kernels, several times slower: {}; {}.", REASON, REMEDY);
    }
    return CpuModel.open(model, options, kind);
  }
}
