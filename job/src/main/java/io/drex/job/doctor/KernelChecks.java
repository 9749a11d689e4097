package io.drex.job.doctor;

import io.drex.device.Availability;
import io.drex.device.DeviceException;
import io.drex.device.cpu.BatchCheck;
import io.drex.device.cpu.CpuBackend;
import io.drex.device.cpu.CpuProvider;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Tries whether the CPU kernels that this JVM has keep a row's bits, in a layer of a model. */
final class KernelChecks {
  private static final String SUBJECT = "kernels";

  private KernelChecks() {}

  /** A provider that does not is a failure only if it was asked for. */
  static List<Finding> of(LoadedModel model, String asked) {
    Tensor weights = model.tensor(model.spec().family().layer(0, LayerTensor.UP));
    List<Finding> findings = new ArrayList<>();
    for (CpuProvider provider : CpuProvider.values()) {
      boolean hasOwnKernels = provider != CpuProvider.BEST; // those of another one
      if (hasOwnKernels && new CpuBackend(provider).probe() instanceof Availability.Available) {
        findings.add(check(provider, weights, asked));
      }
    }
    return findings;
  }

  private static Finding check(CpuProvider provider, Tensor weights, String asked) {
    String wrong = "rows depend on their batch";
    try {
      if (BatchCheck.holds(provider, weights)) {
        return Finding.ok(SUBJECT, fact(provider, weights, "rows have the same bits"));
      }
    } catch (DeviceException e) {
      wrong = String.valueOf(e.getMessage());
    }
    String fact = fact(provider, weights, wrong);
    String remedy = "run with another device, and report this machine";
    return provider.text().equals(asked)
        ? Finding.fail(SUBJECT, fact, remedy)
        : Finding.warn(SUBJECT, fact, remedy);
  }

  private static String fact(CpuProvider provider, Tensor weights, String what) {
    return "%s: %s in batches of 1 to %d, %d × %d weights"
        .formatted(
            provider.text(),
            what,
            BatchCheck.MOST_ROWS,
            weights.shape().get(0),
            weights.shape().get(1));
  }
}
