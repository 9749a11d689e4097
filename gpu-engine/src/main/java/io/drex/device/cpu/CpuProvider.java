package io.drex.device.cpu;

import io.drex.device.cpu.kernel.Int8Linear;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PortableLinear;
import io.drex.device.cpu.onednn.OneDnn;
import java.util.function.Predicate;

/** Which kernels a user asks for; the first three give the same bytes. */
public enum CpuProvider {
  /** The fastest that this JVM has of those that give the same bytes everywhere. */
  BEST("cpu", PortableLinear::new),
  /** Plain Java. */
  SCALAR("cpu:scalar", PortableLinear::new),
  /** The JDK's vector API, or nothing. */
  VECTOR("cpu:vector", PortableLinear::new),
  /** As {@link #BEST}, with the decoder layers' weights rounded to 8 bits. */
  INT8("cpu:int8", Int8Linear::new),
  /** Linear layers by oneDNN, or nothing. */
  ONEDNN("cpu:onednn", OneDnn::open);

  private final String text;
  private final LinearKernel.Provider linear;

  CpuProvider(String text, LinearKernel.Provider linear) {
    this.text = text;
    this.linear = linear;
  }

  /** The name users give to {@code --device}. */
  public String text() {
    return text;
  }

  /**
   * What all else runs on.
   *
   * @param present which kernels this JVM has
   */
  KernelKind kernels(Predicate<KernelKind> present) {
    return switch (this) {
      case SCALAR -> KernelKind.SCALAR;
      case VECTOR -> KernelKind.VECTOR;
      case BEST, INT8, ONEDNN ->
          present.test(KernelKind.VECTOR) ? KernelKind.VECTOR : KernelKind.SCALAR;
    };
  }

  /** How linear layers are run; only where the backend of this provider is available. */
  LinearKernel.Provider linear() {
    return linear;
  }
}
