package io.drex.job.run;

import io.drex.device.DeviceBackend;
import io.drex.device.sim.Trace;
import io.drex.engine.Backends;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.RampSpec;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.trace.TraceFiles;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Whether traces can be recorded and replayed as a configuration asks. */
final class TraceCheck {
  private TraceCheck() {}

  /**
   * @param active ramps that are read
   * @throws JobException USAGE if a trace is to be recorded and no ramp is read
   */
  static void requireRampsToRecord(DrexConfig config, List<RampSpec> active) {
    if (config.value(ConfigKeys.RECORD_TRACE) && active.isEmpty()) {
      throw new JobException(
          ExitCode.USAGE,
          "--record-trace writes what ramps read, and none is read: take a policy that reads them"
              + " and ramps that are not off; rebatch with --exit-threshold off reads all of them"
              + " and never exits");
    }
  }

  /**
   * The device, with its heads' readings replaced where the configuration names a trace.
   *
   * @param active ramps that are read
   * @throws JobException USAGE if the trace cannot be read, or is of another number of ramps
   */
  static DeviceBackend replaying(
      DeviceBackend device, DrexConfig config, List<RampSpec> active, Configuration hadoop) {
    Optional<String> name = config.optional(ConfigKeys.TRACE);
    if (name.isEmpty()) {
      return device;
    }
    Trace trace = read(name.get(), hadoop);
    if (!active.isEmpty() && active.size() != trace.ramps()) {
      throw new JobException(
          ExitCode.USAGE,
          "--trace "
              + name.get()
              + " has readings of "
              + trace.ramps()
              + " ramps, but "
              + active.size()
              + " are read here; give --ramps like those that it was recorded with");
    }
    return Backends.replaying(device, trace);
  }

  private static Trace read(String name, Configuration hadoop) {
    try {
      return TraceFiles.read(name, hadoop);
    } catch (IOException e) {
      throw new JobException(ExitCode.USAGE, "--trace: " + e.getMessage(), e);
    }
  }
}
