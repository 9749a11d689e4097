package io.drex.device.cpu;

import static io.drex.device.cpu.WorkerPool.share;

import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.device.cpu.kernel.LogitStats;
import io.drex.device.cpu.kernel.Panel;
import io.drex.model.ConfidenceMetric;
import io.drex.model.ModelSpec;

/** The final norm and LM head, which all ramps share, over the head rows of a call. */
final class ExitHead {
  /** Head rows whose logits are kept at once; bounds the memory that large vocabularies take. */
  static final int BLOCK = 32;

  private final ModelSpec spec;
  private final ModelWeights weights;
  private final Panel hidden; // [slot][hidden]
  private final Team team;

  private final Panel normed; // [head − from][hidden]
  private final Panel logits; // [head − from][vocabulary]
  private final LogitStats[] stats; // [worker]

  private final WorkerPool.Region norm = this::norm;
  private final WorkerPool.Region project = this::project;
  private final WorkerPool.Region read = this::read;

  // What the regions read: head rows [from, from + count).
  private RowBatch rows = new RowBatch(0, new int[0][][]);
  private HeadReadings out = new HeadReadings(0);
  private ConfidenceMetric metric = ConfidenceMetric.MARGIN;
  private int from;
  private int count;

  /**
   * @param hidden [slot][hidden]
   * @throws IllegalArgumentException if a block of logits does not fit in one array
   */
  ExitHead(ModelSpec spec, ModelWeights weights, Panel hidden, Team team, int threads) {
    this.spec = spec;
    this.weights = weights;
    this.hidden = hidden;
    this.team = team;
    normed = Panel.allocate(BLOCK, spec.hiddenSize());
    logits = Panel.allocate(BLOCK, weights.head.paddedOutputs());
    stats = new LogitStats[threads];
    for (int i = 0; i < threads; i++) {
      stats[i] = new LogitStats();
    }
  }

  /** Fills {@code into} for each head row. */
  void read(RowBatch whichRows, ConfidenceMetric whichMetric, HeadReadings into) {
    rows = whichRows;
    metric = whichMetric;
    out = into;
    for (from = 0; from < rows.heads; from += BLOCK) {
      count = Math.min(BLOCK, rows.heads - from);
      team.run(norm);
      team.run(project);
      team.run(read);
    }
  }

  private void norm(int worker, int workers) {
    int end = share(count, worker + 1, workers);
    for (int i = share(count, worker, workers); i < end; i++) {
      int state = hidden.at(rows.slot[rows.headRow[from + i]]);
      team.kernels(worker)
          .rmsNorm(
              hidden.data(),
              state,
              weights.finalNorm,
              spec.rmsNormEps(),
              normed.data(),
              normed.at(i));
    }
  }

  private void project(int worker, int workers) {
    team.linear(weights.head, normed, logits, count, worker);
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
    return normed.bytes() + logits.bytes();
  }
}
