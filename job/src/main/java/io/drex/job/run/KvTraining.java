package io.drex.job.run;

import io.drex.device.KvFill;
import io.drex.model.RampFile;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A model whose training did not imitate the way in which layers that a token skipped get their K
 * and V: after an exit it may write worse than its thresholds promise.
 *
 * @param fact what its ramp file says
 * @param remedy what to do
 */
public record KvTraining(String fact, String remedy) {

  /**
   * What there is to warn of: nothing where no token can exit, or where K and V of skipped layers
   * are exact.
   *
   * @param file the model's ramps, and what it was trained for
   */
  public static Optional<KvTraining> missing(RampFile file, KvFill kvFill) {
    boolean exits = file.ramps().stream().anyMatch(ramp -> !ramp.isOff());
    List<String> trained = file.trainedFor();
    boolean isFine =
        switch (kvFill) {
          case MAP, COPY -> // the same values
              trained.contains(text(KvFill.MAP)) || trained.contains(text(KvFill.COPY));
          case PROPAGATE -> trained.contains(text(KvFill.PROPAGATE));
          case RECOMPUTE -> true;
        };
    if (!exits || isFine) {
      return Optional.empty();
    }
    return Optional.of(
        new KvTraining(
            trainedFor(trained) + ", and --kv-fill is " + text(kvFill),
            "tokens after an exit may be worse than thresholds promise: choose a method that it"
                + " was trained for, calibrate with this one, or use recompute, which is exact"));
  }

  /** One line. */
  public String line() {
    return fact + "; " + remedy;
  }

  private static String trainedFor(List<String> methods) {
    return methods.isEmpty()
        ? "the ramp file names no KV method that the model was trained for (trainedFor)"
        : "the ramp file says that the model was trained for the KV methods "
            + String.join(", ", methods);
  }

  private static String text(KvFill kvFill) {
    return kvFill.name().toLowerCase(Locale.ROOT);
  }
}
