package io.drex.job.doctor;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceException;
import java.util.ArrayList;
import java.util.List;

/** Which devices can run here, and what is to be known of them. */
final class DeviceChecks {
  private static final String SUBJECT = "device";

  private DeviceChecks() {}

  /** A device that cannot run is a failure only if it was asked for. */
  static List<Finding> of(List<DeviceBackend> backends, String asked) {
    List<Finding> findings = new ArrayList<>();
    for (DeviceBackend backend : backends) {
      Availability availability = backend.probe();
      if (availability instanceof Availability.Available available) {
        findings.add(Finding.ok(SUBJECT, backend.name() + ": " + available.description()));
        findings.addAll(details(backend, asked));
      } else if (availability instanceof Availability.Unavailable missing) {
        findings.add(bad(backend, missing.reason(), missing.remedy(), asked));
      }
    }
    return findings;
  }

  private static List<Finding> details(DeviceBackend backend, String asked) {
    try {
      return backend.details().stream()
          .map(line -> Finding.ok(SUBJECT, backend.name() + ": " + line))
          .toList();
    } catch (DeviceException e) {
      String remedy = "look with nvidia-smi at who uses it, and in the system's log for its errors";
      return List.of(bad(backend, String.valueOf(e.getMessage()), remedy, asked));
    }
  }

  private static Finding bad(DeviceBackend backend, String fact, String remedy, String asked) {
    String named = backend.name() + ": " + fact;
    return backend.name().equals(asked)
        ? Finding.fail(SUBJECT, named, remedy)
        : Finding.warn(SUBJECT, named, remedy);
  }
}
