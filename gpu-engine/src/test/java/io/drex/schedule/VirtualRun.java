package io.drex.schedule;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import io.drex.policy.CostSource;
import io.drex.policy.CostTable;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.policy.FlushTable;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import io.drex.policy.SegmentCost;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The real scheduler on a clock that is a cost table: every row leaves at every ramp with a chance
 * that may depend on the time, and no sequence meets a stop token.
 */
final class VirtualRun {
  /** Llama-2 13B on an H200. */
  static final ModelShape SHAPE = ModelShape.LLAMA_2_13B;

  private static final int AGE = 100;
  private static final int PREFILL = 256;
  private static final int BLOCK = 16;
  private static final int TOKEN = 5;

  /** One kind of row. */
  record Rows(int count, int promptTokens, int leastOutput, int mostOutput) {}

  private final int slots;
  private final double[] ramps; // shares of the depth
  private final Rows rows;
  private DoubleUnaryOperator exitRate = share -> .5; // of the share of all tokens emitted so far
  private final CostTable costs;
  private @Nullable SegmentCost rampHead; // its head is read for decode rows, beside the last
  private final Random random;
  private final List<Double> completionMicros = new ArrayList<>();
  private double micros;
  private long decodeTokens;
  private double decodeMicros;
  private int firstTokens;

  VirtualRun(int slots, double[] ramps, Rows rows, long seed) {
    this.slots = slots;
    this.ramps = ramps;
    this.rows = rows;
    random = new Random(seed);
    costs = CostTable.modelled(Gpu.H200, SHAPE, depths(ramps));
  }

  static int[] depths(double[] ramps) {
    int[] depths = new int[ramps.length];
    for (int ramp = 0; ramp < ramps.length; ramp++) {
      depths[ramp] = (int) Math.round(ramps[ramp] * SHAPE.layers());
    }
    return depths;
  }

  VirtualRun withExitRate(double rate) {
    return withExitRate(share -> rate);
  }

  VirtualRun withExitRate(DoubleUnaryOperator rate) {
    exitRate = rate;
    return this;
  }

  /** The same, but every call also reads the head of a ramp that it does not stop at. */
  VirtualRun withHeadOf(CostTable ramped) {
    rampHead = ramped.segments().get(0);
    return this;
  }

  /** Time of a sequence from its slot to its end, in microseconds. */
  List<Double> completionMicros() {
    return completionMicros;
  }

  /** Runs everything with planned thresholds; tokens per microsecond. */
  double planned() {
    FlushPolicy.Planned policy =
        new FlushPolicy.Planned(FlushTable.halves(slots, ramps.length), AGE);
    return run(policy, policy);
  }

  /** The same with a fixed threshold. */
  double fixed(int threshold) {
    return run(new FlushPolicy.Fixed(threshold, AGE), null);
  }

  /** Tokens emitted while all sequences were decoding and none had ended. */
  long decodeTokens() {
    return decodeTokens;
  }

  /** The time of those tokens. */
  double decodeMicros() {
    return decodeMicros;
  }

  private double run(FlushPolicy policy, FlushPolicy.@Nullable Planned planned) {
    int longest = rows.promptTokens() + rows.mostOutput();
    int blocks = slots * ((longest + BLOCK - 1) / BLOCK);
    CacheGeometry cache = new CacheGeometry(ramps.length + 1, BLOCK, blocks);
    Limits limits = new Limits(cache, KvFill.MAP, slots, PREFILL, longest);
    Scheduler scheduler =
        new Scheduler(
            limits,
            Workload.spec(SHAPE.layers(), 100, rampSpecs()),
            Set.of(),
            new ExitPolicy.Rebatch(),
            policy);
    @Nullable FlushControl control =
        planned == null
            ? null
            : new FlushControl(scheduler, planned, new CostSource.Known(costs), limits);
    long allTokens = addSequences(scheduler);
    HeadReadings out = new HeadReadings(limits.maxRows());
    while (scheduler.plan()) {
      double call = callMicros(scheduler);
      micros += call;
      read(scheduler, out, scheduler.counters().tokens() / (double) allTokens);
      boolean isDecodeOnly = firstTokens == rows.count() && completionMicros.isEmpty();
      long before = scheduler.counters().tokens();
      scheduler.apply(out);
      if (isDecodeOnly) {
        decodeMicros += call;
        decodeTokens += scheduler.counters().tokens() - before;
      }
      if (control != null) {
        control.called(call);
        if (control.isDue()) {
          control.adopt(control.planning().plan());
        }
      }
    }
    return scheduler.counters().tokens() / micros;
  }

  private double callMicros(Scheduler scheduler) {
    int decode = scheduler.decodeRows();
    long context = scheduler.contextTokens();
    int prompt = scheduler.rows().rows - decode;
    double call =
        costs.micros(scheduler.segment(), decode, context, prompt, scheduler.rows().heads);
    return rampHead == null
        ? call
        : call
            + rampHead.micros(decode, context, prompt, decode)
            - rampHead.micros(decode, context, prompt, 0);
  }

  private void read(Scheduler scheduler, HeadReadings out, double share) {
    double rate = exitRate.applyAsDouble(share);
    for (int head = 0; head < scheduler.rows().heads; head++) {
      out.token[head] = TOKEN;
      out.confidence[head] = random.nextDouble() < rate ? 1 : 0;
    }
  }

  private List<RampSpec> rampSpecs() {
    List<RampSpec> specs = new ArrayList<>();
    for (int depth : depths(ramps)) {
      specs.add(new RampSpec(depth, ConfidenceMetric.MARGIN, .5f));
    }
    return specs;
  }

  private long addSequences(Scheduler scheduler) {
    long tokens = 0;
    int[] prompt = new int[rows.promptTokens()];
    for (int i = 0; i < rows.count(); i++) {
      int output = rows.leastOutput() + random.nextInt(rows.mostOutput() - rows.leastOutput() + 1);
      tokens += output;
      scheduler.add(new Sequence(prompt, output, 0, new Stopwatch()));
    }
    return tokens;
  }

  private final class Stopwatch implements SequenceListener {
    private double start;

    @Override
    public void admitted() {
      start = micros;
    }

    @Override
    public void firstToken() {
      firstTokens++;
    }

    @Override
    public void finished(Sequence sequence) {
      completionMicros.add(micros - start);
    }
  }
}
