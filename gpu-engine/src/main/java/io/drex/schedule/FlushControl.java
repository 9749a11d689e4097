package io.drex.schedule;

import io.drex.policy.CostSource;
import io.drex.policy.CostTable;
import io.drex.policy.FlushLoad;
import io.drex.policy.FlushPlan;
import io.drex.policy.FlushPlanner;
import io.drex.policy.FlushPolicy;
import io.drex.policy.LoadEstimate;
import java.util.List;
import java.util.function.Supplier;

/**
 * Keeps a planned flush policy up to date: notes what calls take, says when the rows or the costs
 * have become others than those planned for, and takes the new plan. The plan itself is made off
 * the step path. Owned by the scheduler's thread.
 */
public final class FlushControl {
  private static final int STEPS_BETWEEN_CHECKS = 16;

  /** Rows that must have met the first ramp before its exit rate is worth a plan. */
  private static final int LEAST_ROWS = 64;

  private static final double EXIT_RATE_CHANGE = .03;
  private static final double CONTEXT_CHANGE = .2;
  private static final double ALIVE_CHANGE = .2;

  /** Prompts that come one by one are not always seen to wait. */
  private static final int STEPS_UNTIL_DRAINING = 64;

  /** Costs are learnt all the time; so often they are planned with anew. */
  private static final int STEPS_BETWEEN_COSTS = 8_192;

  private final Scheduler scheduler;
  private final FlushPolicy.Planned policy;
  private final CostSource costs;
  private final Limits limits;
  private FlushLoad planned = FlushLoad.decodeOnly(List.of(), 0);
  private int plannedMost; // sequences alive
  private boolean isPlanned;
  private int stepsToCheck = STEPS_BETWEEN_CHECKS;
  private int stepsToCosts = STEPS_BETWEEN_COSTS;
  private int stepsToDraining;

  /**
   * @param policy the scheduler's own
   */
  public FlushControl(
      Scheduler scheduler, FlushPolicy.Planned policy, CostSource costs, Limits limits) {
    this.scheduler = scheduler;
    this.policy = policy;
    this.costs = costs;
    this.limits = limits;
  }

  /** Notes what the scheduler's last call took; after {@link Scheduler#apply}. */
  public void called(double micros) {
    int decodeRows = scheduler.decodeRows();
    costs.observe(
        scheduler.segment(),
        decodeRows,
        scheduler.contextTokens(),
        scheduler.rows().rows - decodeRows,
        scheduler.rows().heads,
        micros);
    stepsToCheck--;
    stepsToCosts--;
    stepsToDraining = scheduler.hasWaiting() ? STEPS_UNTIL_DRAINING : stepsToDraining - 1;
  }

  private boolean hasPrompts() {
    return stepsToDraining > 0;
  }

  /** Whether a new plan is worth making. */
  public boolean isDue() {
    if (stepsToCheck > 0) {
      return false;
    }
    stepsToCheck = STEPS_BETWEEN_CHECKS;
    LoadEstimate now = scheduler.load();
    return now.seenRows() >= LEAST_ROWS
        && costs.isReady()
        && (!isPlanned || stepsToCosts <= 0 || hasMoved(now));
  }

  private boolean hasMoved(LoadEstimate now) {
    for (int ramp = 0; ramp < planned.exitRates().size(); ramp++) {
      if (Math.abs(now.exitRate(ramp) - planned.exitRates().get(ramp)) > EXIT_RATE_CHANGE) {
        return true;
      }
    }
    double context = planned.contextTokens();
    return Math.abs(now.contextTokens() - context) > CONTEXT_CHANGE * context
        || hasPrompts() != planned.hasPrompts()
        || Math.abs(most() - plannedMost) > ALIVE_CHANGE * plannedMost;
  }

  /** Sequences alive at most: all slots, or where KV limits them, as many as there are of late. */
  private int most() {
    int slots = limits.slots();
    int full = scheduler.load().aliveWhenFull();
    return hasPrompts() && full > 0 ? Math.min(slots, full) : slots;
  }

  /** What to plan for, as it is now. */
  public Planning planning() {
    LoadEstimate now = scheduler.load();
    planned = hasPrompts() ? now.withPrompts(limits.maxPrefillTokens()) : now.decoding();
    plannedMost = most();
    isPlanned = true;
    stepsToCosts = STEPS_BETWEEN_COSTS;
    int maxAge = policy.patience().maxAgeSteps();
    return new Planning(costs.snapshot(), planned, plannedMost, limits.slots(), maxAge);
  }

  /** Flushes by a plan from now on. */
  public void adopt(FlushPlan plan) {
    policy.replace(plan.table());
  }

  /**
   * Work to be done on any thread.
   *
   * @param most sequences alive while prompts wait
   */
  public record Planning(
      Supplier<CostTable> costs, FlushLoad load, int most, int slots, int maxBufferAgeSteps) {

    /** Takes milliseconds. */
    public FlushPlan plan() {
      return new FlushPlanner(costs.get(), slots, maxBufferAgeSteps).plan(load, most);
    }
  }
}
