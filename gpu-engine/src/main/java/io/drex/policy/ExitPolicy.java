package io.drex.policy;

import io.drex.model.RampSpec;
import java.util.List;

/**
 * Who leaves at a ramp. Pure: a verdict depends on the row's own confidence only, so results do not
 * depend on which rows happened to share a call.
 */
public sealed interface ExitPolicy {

  /** The ramps that this policy looks at, of those a model has; a model is cut at these only. */
  List<RampSpec> activeRamps(List<RampSpec> ramps);

  /** Whether a row with this confidence leaves at this ramp. */
  boolean exits(RampSpec ramp, float confidence);

  /** Never looks at a ramp: every token comes from the full depth. */
  record FullDepth() implements ExitPolicy {
    @Override
    public List<RampSpec> activeRamps(List<RampSpec> ramps) {
      return List.of();
    }

    @Override
    public boolean exits(RampSpec ramp, float confidence) {
      return false;
    }
  }

  /**
   * Dynamic rebatching: every confident row leaves, every other row stays; the {@link FlushPolicy}
   * decides when the deep work of those that stayed is run, never whether.
   *
   * <p>Source: ours, after DREX's rebatching; without its threshold on the number of exits.
   */
  record Rebatch() implements ExitPolicy {
    @Override
    public List<RampSpec> activeRamps(List<RampSpec> ramps) {
      return ramps.stream().filter(ramp -> !ramp.isOff()).toList();
    }

    @Override
    public boolean exits(RampSpec ramp, float confidence) {
      return ramp.passes(confidence);
    }
  }
}
