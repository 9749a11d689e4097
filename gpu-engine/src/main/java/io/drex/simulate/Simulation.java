package io.drex.simulate;

import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.sim.SimModel;
import io.drex.model.LoadedModel;
import io.drex.schedule.Limits;
import io.drex.schedule.Scheduler;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.DoubleConsumer;

/**
 * One run of a scenario: plan, run, apply, as the engine does it, on a virtual clock. The same
 * scenario gives the same outcome. Single thread; runs once.
 */
public final class Simulation {
  /** 2³² over the golden ratio: however many seeds there are, their numbers lie far apart. */
  private static final int BETWEEN_SEEDS = 0x9e3779b9;

  private final Scenario scenario;
  private final Limits limits;
  private final Scheduler scheduler;
  private final SimModel clock;
  private final DeviceModel device;
  private final HeadReadings readings;
  private final Meter meter;

  /** Prepares a run. */
  public Simulation(Scenario scenario) {
    this(scenario, (model, options) -> model);
  }

  /**
   * Prepares a run with something around the device.
   *
   * @param around given the simulated model and its options, the device to run on
   */
  public Simulation(
      Scenario scenario, BiFunction<SimModel, DeviceOptions, ? extends DeviceModel> around) {
    this.scenario = scenario;
    LoadedModel model = scenario.model();
    limits = scenario.limits(model.spec());
    scheduler = new Scheduler(limits, model.spec(), Set.of(), scenario.policy(), scenario.flush());
    DeviceOptions options = Scenario.device(limits);
    int context = scenario.demand().contextTokens();
    clock = new SimModel(model, options, scenario.costs(), scenario.exits(), context);
    device = around.apply(clock, options);
    readings = new HeadReadings(limits.maxRows());
    meter = new Meter(scheduler, limits.slots(), limits.cache().segments());
  }

  /** Runs a scenario to its end. */
  public static Outcome run(Scenario scenario) {
    return new Simulation(scenario).run(micros -> {});
  }

  /** The scheduler, for those that steer it while it runs. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** The sizes of the scheduler. */
  public Limits limits() {
    return limits;
  }

  /**
   * Runs to the end.
   *
   * @param afterStep told after each step how many microseconds its call took
   */
  public Outcome run(DoubleConsumer afterStep) {
    submit();
    Demand demand = scenario.demand();
    while (scheduler.counters().tokens() < demand.warmUpTokens() && step(afterStep)) {}
    meter.restart();
    long from = scheduler.counters().tokens();
    while (scheduler.counters().tokens() - from < demand.measuredTokens() && step(afterStep)) {}
    scheduler.checkIntegrity();
    return meter.outcome();
  }

  private void submit() {
    int[] prompts = scenario.demand().promptTokens();
    int[] outputs = scenario.demand().outputTokens();
    double[] deadlines = scenario.demand().deadlineMicros();
    for (int request = 0; request < prompts.length; request++) {
      int[] prompt = new int[prompts[request]];
      prompt[0] = firstToken(scenario.seed(), request);
      scheduler.add(meter.sequence(prompt, outputs[request], deadlines[request]));
    }
  }

  /** Makes it another sequence than any other request's, of this seed or another. */
  static int firstToken(long seed, int request) {
    return (int) ((seed - 1) * BETWEEN_SEEDS) + 31 + request;
  }

  private boolean step(DoubleConsumer afterStep) {
    scheduler.now(clock.nanos());
    if (!scheduler.plan()) {
      return false;
    }
    meter.planned();
    double before = clock.micros();
    device.runSegment(scheduler.segment(), scheduler.rows(), readings);
    double took = clock.micros() - before;
    scheduler.took((long) (took * 1000));
    meter.ran(clock.micros());
    scheduler.apply(readings);
    if (scheduler.exited().rows > 0) {
      device.fillKv(scheduler.segment(), scheduler.exited());
    }
    afterStep.accept(took);
    return true;
  }
}
