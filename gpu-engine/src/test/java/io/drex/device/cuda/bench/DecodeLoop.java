package io.drex.device.cuda.bench;

import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.model.ModelSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.schedule.Limits;
import io.drex.schedule.Scheduler;
import io.drex.schedule.Sequence;
import io.drex.schedule.SequenceListener;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;

/**
 * Decodes a batch of sequences of one length as an engine does: plan, run, apply. Their prompts are
 * not run: the KV cache holds whatever it held. Nobody leaves at a ramp.
 */
final class DecodeLoop {
  private static final int NEVER = 1 << 20; // steps
  private static final int ANY_TOKEN = 1;

  private final DeviceModel device;
  private final int batch;
  private final Scheduler scheduler;
  private final HeadReadings readings;

  /**
   * Starts sequences at a context.
   *
   * @param options that the device was opened with, with slots for the batch
   * @param policy {@link ExitPolicy.Rebatch} where the device is cut at ramps
   */
  DecodeLoop(
      DeviceModel device,
      ModelSpec spec,
      DeviceOptions options,
      ExitPolicy policy,
      int batch,
      int context) {
    this.device = device;
    this.batch = batch;
    int longest = options.maxSequenceTokens();
    Limits limits =
        new Limits(options.cache(), options.kvFill(), options.slots(), batch * context, longest);
    FlushPolicy flush = new FlushPolicy.Fixed(batch, NEVER);
    scheduler = new Scheduler(limits, spec, Set.of(), policy, flush);
    readings = new HeadReadings(limits.maxRows());
    Random random = new Random(batch);
    int cells = options.cache().leastCells() / options.slots();
    for (int i = 0; i < batch; i++) {
      int[] prompt = random.ints(context, 0, spec.vocabSize()).toArray();
      scheduler.add(new Sequence(prompt, cells - context, 0, new Unheard()));
    }
    Arrays.fill(readings.token, ANY_TOKEN);
    while (scheduler.counters().tokens() < batch && scheduler.plan()) {
      scheduler.apply(readings);
    }
  }

  /** Every sequence gets a token. */
  void step() {
    long goal = scheduler.counters().tokens() + batch;
    while (scheduler.counters().tokens() < goal) {
      scheduler.now(System.nanoTime());
      if (!scheduler.plan()) {
        throw new IllegalStateException("the sequences ended; steps need a longer cache");
      }
      long start = System.nanoTime();
      RowBatch rows = scheduler.rows();
      device.runSegment(scheduler.segment(), rows, readings);
      Arrays.fill(readings.confidence, 0, rows.heads, 0);
      scheduler.took(System.nanoTime() - start);
      scheduler.apply(readings);
    }
  }

  /** Milliseconds of a step, mean of so many. */
  double millis(int steps) {
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      step();
    }
    return (System.nanoTime() - start) / 1e6 / steps;
  }

  /** Hears nothing. */
  private static final class Unheard implements SequenceListener {
    @Override
    public void admitted() {}

    @Override
    public void firstToken() {}

    @Override
    public void finished(Sequence sequence) {}
  }
}
