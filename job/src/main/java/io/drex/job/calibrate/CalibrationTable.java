package io.drex.job.calibrate;

import io.drex.engine.ExitTally;
import io.drex.job.calibrate.Calibration.Outcome;
import io.drex.job.calibrate.Calibration.Tried;
import io.drex.model.RampSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tried candidates as lines of text. */
final class CalibrationTable {
  private static final double PERCENT = 100;

  private CalibrationTable() {}

  /** A head line, then one line for each candidate. */
  static List<String> lines(Outcome outcome) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "   #  mean depth    work      loss  at most  verdict    thresholds by depth (tokens"
            + " emitted there)");
    for (int i = 0; i < outcome.tried().size(); i++) {
      Tried tried = outcome.tried().get(i);
      lines.add(
          format(
              "%4d  %10.3f  %5.1f %%  %8.5f  %7.5f  %-9s  %s",
              i + 1,
              tried.meanDepth(),
              PERCENT * tried.work(),
              tried.loss(),
              tried.bound(),
              tried.passed() ? "certified" : "fails",
              thresholds(tried)));
    }
    return lines;
  }

  private static String thresholds(Tried tried) {
    ExitTally exits = tried.run().exits();
    return Stream.concat(
            tried.candidate().ramps().stream()
                .map(ramp -> threshold(ramp) + share(exits.share(ramp.depth()))),
            Stream.of("full depth" + share(exits.fullDepthShare())))
        .collect(Collectors.joining(", "));
  }

  private static String threshold(RampSpec ramp) {
    String depth = ramp.depth() + ": ";
    return ramp.isOff() ? depth + "off" : format("%s%.5f", depth, ramp.threshold());
  }

  private static String share(double share) {
    return format(" (%.1f %%)", PERCENT * share);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
