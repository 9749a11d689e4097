package io.drex.policy;

import io.drex.model.RampSpec;
import java.util.List;

/**
 * Who leaves at a ramp. Pure. {@link Rebatch} and {@link LatencyOnly} look at each row alone, so
 * that results do not depend on which rows happened to share a call; the others decide once for a
 * whole batch and are kept for comparison.
 */
public sealed interface ExitPolicy {

  /** The ramps that this policy looks at, of those a model has; a model is cut at these only. */
  default List<RampSpec> activeRamps(List<RampSpec> ramps) {
    return ramps.stream().filter(ramp -> !ramp.isOff()).toList();
  }

  /** Gives every row its verdict; there is at least one. */
  void decide(RampRows rows);

  /** Whether a row's result depends on its neighbours. */
  boolean isScheduleDependent();

  /**
   * Most ready rows of one call.
   *
   * @param slots sequences alive at once
   */
  default int batchRows(int slots) {
    return slots;
  }

  /** Whether sequences that have a new token run before those that were ready already. */
  default boolean servesNewestFirst() {
    return false;
  }

  /** Never looks at a ramp: every token comes from the full depth. */
  record FullDepth() implements ExitPolicy {
    @Override
    public List<RampSpec> activeRamps(List<RampSpec> ramps) {
      return List.of();
    }

    @Override
    public void decide(RampRows rows) {
      rows.decideAll(Verdict.GO_ON);
    }

    @Override
    public boolean isScheduleDependent() {
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
    public void decide(RampRows rows) {
      rows.decideEach(Verdict.EXIT, Verdict.BUFFER);
    }

    @Override
    public boolean isScheduleDependent() {
      return false;
    }
  }

  /**
   * One confident row takes the whole batch out.
   *
   * <p>Source: DREX's baseline "eager".
   */
  record Any() implements ExitPolicy {
    @Override
    public void decide(RampRows rows) {
      decideTogether(rows, rows.confidentCount() > 0);
    }

    @Override
    public boolean isScheduleDependent() {
      return true;
    }
  }

  /**
   * The batch leaves together or not at all.
   *
   * <p>Source: DREX's baseline "consensus" or "lazy".
   */
  record All() implements ExitPolicy {
    @Override
    public void decide(RampRows rows) {
      decideTogether(rows, rows.confidentCount() == rows.count());
    }

    @Override
    public boolean isScheduleDependent() {
      return true;
    }
  }

  /**
   * The batch leaves if its median confidence passes, that is, if more than half of its rows do; of
   * an even number the lower median counts.
   *
   * <p>Source: DREX's baseline.
   */
  record Median() implements ExitPolicy {
    @Override
    public void decide(RampRows rows) {
      decideTogether(rows, 2 * rows.confidentCount() > rows.count());
    }

    @Override
    public boolean isScheduleDependent() {
      return true;
    }
  }

  /**
   * The batch leaves if its mean confidence passes.
   *
   * <p>Source: DREX's baseline.
   */
  record Mean() implements ExitPolicy {
    @Override
    public void decide(RampRows rows) {
      decideTogether(rows, rows.meanIsConfident());
    }

    @Override
    public boolean isScheduleDependent() {
      return true;
    }
  }

  /**
   * A confident row's token is final at the ramp, and the row still runs all layers before its
   * sequence's next token.
   *
   * <p>Source: Apparate, by DREX's name for it.
   */
  record LatencyOnly() implements ExitPolicy {
    @Override
    public void decide(RampRows rows) {
      rows.decideEach(Verdict.RELEASE, Verdict.GO_ON);
    }

    @Override
    public boolean isScheduleDependent() {
      return false;
    }
  }

  /**
   * Adaptive rebatching: confident rows leave only if they are more than a threshold; else the
   * batch goes on as one, and buffered rows ride along. Batches are of b rows, with 2b + 1 slots.
   *
   * <p>Source: DREX (paper).
   */
  record Art(RebatchThreshold threshold) implements ExitPolicy {
    @Override
    public void decide(RampRows rows) {
      if (rows.confidentCount() > threshold.rows(rows)) {
        rows.decideEach(Verdict.EXIT, Verdict.BUFFER);
      } else {
        rows.decideAll(Verdict.GO_ON);
      }
    }

    @Override
    public boolean isScheduleDependent() {
      return true;
    }

    @Override
    public int batchRows(int slots) {
      return Math.max(1, (slots - 1) / 2);
    }

    @Override
    public boolean servesNewestFirst() {
      return true;
    }
  }

  private static void decideTogether(RampRows rows, boolean leave) {
    rows.decideAll(leave ? Verdict.EXIT : Verdict.GO_ON);
  }
}
