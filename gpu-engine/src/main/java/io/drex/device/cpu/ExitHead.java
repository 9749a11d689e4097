package io.drex.device.cpu;

import static io.drex.device.cpu.WorkerPool.share;

import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.device.cpu.kernel.Kernels;
import io.drex.device.cpu.kernel.LogitStats;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.Panel;
import io.drex.device.cpu.kernel.TokenSampler;
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
  private final TokenSampler[] samplers; // [worker]

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
    samplers = new TokenSampler[team.workers()];
    for (int i = 0; i < stats.length; i++) {
      stats[i] = new LogitStats();
      samplers[i] = new TokenSampler(team.kernels(i), spec.vocabSize());
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
      int at = logits.at(i);
      int head = from + i;
      team.kernels(worker).readLogits(logits.data(), at, spec.vocabSize(), row);
      out.token[head] = row.token();
      out.confidence[head] = 0;
      if (row.isFinite()) {
        int token = samplers[worker].choose(logits.data(), at, row, rows, head);
        out.token[head] = token;
        out.confidence[head] = confidence(team.kernels(worker), i, row);
        out.logProb[head] = row.logProb(logits.data()[at + token]);
      }
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
    long scratch = 0;
    for (TokenSampler sampler : samplers) {
      scratch += sampler.bytes();
    }
    return inputs.bytes() + logits.bytes() + entries.bytes() + scratch;
  }
}
