package io.drex.job.calibrate;

import io.drex.job.calibrate.Calibration.Outcome;
import io.drex.job.calibrate.Calibration.Tried;
import io.drex.model.RampSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tried candidates as lines of text. */
final class CalibrationTable {
  private CalibrationTable() {}

  /** A head line, then one line for each candidate. */
  static List<String> lines(Outcome outcome) {
    List<String> lines = new ArrayList<>();
    lines.add("   #  mean depth      loss  at most  verdict    thresholds by depth");
    for (int i = 0; i < outcome.tried().size(); i++) {
      Tried tried = outcome.tried().get(i);
      lines.add(
          String.format(
              Locale.ROOT,
              "%4d  %10.3f  %8.5f  %7.5f  %-9s  %s",
              i + 1,
              tried.meanDepth(),
              tried.loss(),
              tried.bound(),
              tried.passed() ? "certified" : "fails",
              thresholds(tried.candidate())));
    }
    return lines;
  }

  private static String thresholds(Candidate candidate) {
    return candidate.ramps().stream()
        .map(ramp -> ramp.depth() + ": " + threshold(ramp))
        .collect(Collectors.joining(", "));
  }

  private static String threshold(RampSpec ramp) {
    return ramp.isOff() ? "off" : String.format(Locale.ROOT, "%.5f", ramp.threshold());
  }
}
