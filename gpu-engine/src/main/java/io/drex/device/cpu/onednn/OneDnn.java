package io.drex.device.cpu.onednn;

import io.drex.device.Availability;
import io.drex.device.HeldWeights;
import io.drex.device.HeldWeights.Held;
import io.drex.device.HeldWeights.Place;
import io.drex.device.cpu.kernel.Kernels;
import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import java.io.IOException;

/**
 * oneDNN in this process. Its natives are loaded when it is first asked for; this class names no
 * class of its jars, so that it can say that they are missing.
 */
public final class OneDnn {
  private static final String NATIVES = "/org/bytedeco/dnnl/linux-x86_64/libdnnl.so.3";
  private static final String PORTABLE = "run with --device cpu:vector";

  private OneDnn() {}

  private static final class Loaded {
    static final Availability AVAILABILITY =
        load(System.getProperty("os.name"), System.getProperty("os.arch"), NATIVES);
  }

  /**
   * Whether oneDNN can multiply bf16 here; the description is the set of instructions that it uses,
   * which decides the bits of its results. Never throws.
   */
  public static Availability probe() {
    return Loaded.AVAILABILITY;
  }

  /**
   * Opens linear layers, only where {@link #probe} says available.
   *
   * @param kernels [worker]; they run layers whose weights are not bf16
   */
  public static LinearKernel open(Kernels[] kernels) {
    return OneDnnLinear.open(kernels);
  }

  /** What is held of a model: matrices that are multiplied in bf16 are outside the heap. */
  public static HeldWeights weights(LoadedModel model) {
    ModelSpec spec = model.spec();
    String embedding =
        spec.tiedHead() ? "" : spec.family().embedding(); // looked up, not multiplied
    return HeldWeights.of(
        model,
        tensor -> {
          Held stored = Held.asStored(tensor);
          boolean isPacked =
              tensor.dtype() == DType.BF16
                  && tensor.shape().size() == 2
                  && !tensor.name().equals(embedding);
          return isPacked ? new Held(stored.type(), Place.NATIVE, stored.bytes()) : stored;
        });
  }

  /**
   * @param natives resource that tells whether the jars are there
   */
  static Availability load(String osName, String osArch, String natives) {
    if (!osName.equals("Linux") || !osArch.equals("amd64")) {
      return new Availability.Unavailable(
          "oneDNN is used on Linux on x86-64 only, and this is " + osName + " on " + osArch,
          PORTABLE);
    }
    if (OneDnn.class.getResource(natives) == null) {
      return new Availability.Unavailable(
          "the jars of oneDNN are not on the class path",
          "add --jars \"$(cluster-scripts/onednn-jars.sh)\", or " + PORTABLE);
    }
    try {
      return NativeDnnl.load();
    } catch (OpenMp.ThreadsException e) {
      return new Availability.Unavailable(String.valueOf(e.getMessage()), PORTABLE);
    } catch (IOException | LinkageError | RuntimeException e) {
      return new Availability.Unavailable(
          "oneDNN cannot be loaded: " + e.getMessage(),
          "java.io.tmpdir ("
              + System.getProperty("java.io.tmpdir")
              + ") must have 100 MB free and allow executable files; or "
              + PORTABLE);
    }
  }

  /** For a machine that oneDNN would run on without the instructions that make it fast. */
  static Availability.Unavailable withoutBf16(String instructions) {
    return new Availability.Unavailable(
        "this machine multiplies no bf16: oneDNN would use " + instructions, PORTABLE);
  }
}
