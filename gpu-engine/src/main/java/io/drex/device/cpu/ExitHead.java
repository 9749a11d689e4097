package io.drex.device.cpu;

import static io.drex.device.cpu.WorkerPool.share;

import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.device.cpu.kernel.Kernels;
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
  private final EntryStates entries;
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
  ExitHead(ModelSpec spec, ModelWeights weights, Panel hidden, EntryStates entries, Team team) {
    this.spec = spec;
    this.heads = weights.heads;
    this.entries = entries;
    this.team = team;
    inputs = new HeadInputs(spec, heads, hidden, team, BLOCK);
    input = hidden;
    linear = heads[0].linear;
    logits = Panel.allocate(BLOCK, linear.paddedOutputs());
    stats = new LogitStats[team.workers()];
    for (int i = 0; i < stats.length; i++) {
      stats[i] = new LogitStats();
    }
  }

  /** Notes what the head needs of the rows before their segment runs. */
  void enter(RowBatch whichRows, ConfidenceMetric whichMetric) {
    if (whichMetric == ConfidenceMetric.HIDDEN_COSINE) {
      entries.keep(whichRows);
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
      out.confidence[from + i] = row.isFinite() ? confidence(team.kernels(worker), i, row) : 0;
      out.token[from + i] = row.token();
    }
  }

  private float confidence(Kernels kernels, int i, LogitStats row) {
    return switch (metric) {
      case MARGIN -> row.margin();
      case MAX_PROB -> row.maxProb();
      case LOGIT_MARGIN -> row.logitMargin();
      case ENTROPY -> {
        int count = spec.vocabSize();
        float spreads = kernels.sumOfSpreads(logits.data(), logits.at(i), count, row.max());
        yield row.certainty(spreads, count);
      }
      case HIDDEN_COSINE -> entries.cosine(kernels, rows, from + i);
    };
  }

  /** Logits of the last block's row {@code i}. */
  float logit(int i, int token) {
    return logits.data()[logits.at(i) + token];
  }

  long bytes() {
    return inputs.bytes() + logits.bytes() + entries.bytes();
  }
}
