package io.drex.device.cpu;

import static io.drex.device.cpu.WorkerPool.share;

import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.device.cpu.kernel.LogitStats;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.Panel;
import io.drex.model.ConfidenceMetric;
import io.drex.model.ModelSpec;

/** The exit heads of all segments, over the head rows of a call. */
final class ExitHead {
  /** Head rows whose logits are kept at once; bounds the memory that large vocabularies take. */
  static final int BLOCK = 32;

  private final ModelSpec spec;
  private final HeadWeights[] heads; // [segment]
  private final HeadInputs inputs;
  private final Team team;

  private final Panel logits; // [head − from][vocabulary]
  private final LogitStats[] stats; // [worker]

  private final WorkerPool.Region project = this::project;
  private final WorkerPool.Region read = this::read;

  // What the regions read: head rows [from, from + count).
  private RowBatch rows = new RowBatch(0, new int[0][][]);
  private HeadReadings out = new HeadReadings(0);
  private ConfidenceMetric metric = ConfidenceMetric.MARGIN;
  private PackedMatrix linear;
  private Panel input; // [head − from][hidden]
  private int from;
  private int count;

  /**
   * @param hidden [slot][hidden]
   * @throws IllegalArgumentException if a block of logits does not fit in one array
   */
  ExitHead(ModelSpec spec, ModelWeights weights, Panel hidden, Team team, int threads) {
    this.spec = spec;
    this.heads = weights.heads;
    this.team = team;
    inputs = new HeadInputs(spec, heads, hidden, team, BLOCK);
    input = hidden;
    linear = heads[0].linear;
    logits = Panel.allocate(BLOCK, linear.paddedOutputs());
    stats = new LogitStats[threads];
    for (int i = 0; i < threads; i++) {
      stats[i] = new LogitStats();
    }
  }

  /** Fills {@code into} for each head row with what the head after the segment says. */
  void read(int segment, RowBatch whichRows, ConfidenceMetric whichMetric, HeadReadings into) {
    rows = whichRows;
    metric = whichMetric;
    out = into;
    linear = heads[segment].linear;
    for (from = 0; from < rows.heads; from += BLOCK) {
      count = Math.min(BLOCK, rows.heads - from);
      input = inputs.of(heads[segment], rows, from, count);
      team.run(project);
      team.run(read);
    }
  }

  private void project(int worker, int workers) {
    team.linear(linear, input, logits, count, worker);
  }

  private void read(int worker, int workers) {
    LogitStats row = stats[worker];
    int end = share(count, worker + 1, workers);
    for (int i = share(count, worker, workers); i < end; i++) {
      team.kernels(worker).readLogits(logits.data(), logits.at(i), spec.vocabSize(), row);
      out.confidence[from + i] = row.confidence(metric);
      out.token[from + i] = row.token();
    }
  }

  /** Logits of the last block's row {@code i}. */
  float logit(int i, int token) {
    return logits.data()[logits.at(i) + token];
  }

  long bytes() {
    return inputs.bytes() + logits.bytes();
  }
}
