package io.drex.device.cpu;

import static io.drex.device.cpu.WorkerPool.share;

import io.drex.device.RowBatch;
import io.drex.device.cpu.kernel.Panel;
import io.drex.model.ModelSpec;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What comes before a head's linear layer, over a block of head rows: nothing, a norm, or an MLP
 * and a norm. Hidden states stay as they are.
 */
final class HeadInputs {
  private final float eps;
  private final int width;
  private final long gateBytes;
  private final Panel hidden; // [slot][hidden]
  private final Team team;

  private final Panel inputs; // [head − from][hidden]
  private final Map<HeadWeights, Panel> gates = new IdentityHashMap<>(); // [head − from][MLP]
  private final Panel up; // [head − from][MLP]
  private final Panel lifted; // [head − from][hidden]

  private final WorkerPool.Region mlpNorm = this::mlpNorm;
  private final WorkerPool.Region feedForward = this::feedForward;
  private final WorkerPool.Region feedForwardOut = this::feedForwardOut;
  private final WorkerPool.Region norm = this::norm;

  // What the regions read: head rows [from, from + count).
  private HeadWeights head;
  private Panel gate;
  private RowBatch rows = new RowBatch(0, new int[0][][]);
  private int from;
  private int count;

  /**
   * @param heads of all segments
   * @param hidden [slot][hidden]
   * @param block most head rows at once
   */
  HeadInputs(ModelSpec spec, HeadWeights[] heads, Panel hidden, Team team, int block) {
    eps = spec.rmsNormEps();
    width = spec.hiddenSize();
    this.hidden = hidden;
    this.team = team;
    head = heads[0];
    int mlpWidth = 0;
    int outWidth = 0;
    Map<Integer, Panel> byWidth = new TreeMap<>();
    for (HeadWeights any : heads) {
      HeadWeights.Mlp mlp = any.mlp;
      if (mlp != null) {
        mlpWidth = Math.max(mlpWidth, mlp.gate.paddedOutputs());
        outWidth = mlp.down.paddedOutputs();
        gates.put(
            any,
            byWidth.computeIfAbsent(
                mlp.down.inputs(),
                inputs -> team.linear().inputs(block, inputs, mlp.gate.paddedOutputs())));
      }
    }
    gateBytes = byWidth.values().stream().mapToLong(Panel::bytes).sum();
    inputs = team.linear().inputs(block, width);
    gate = inputs; // until a head has an MLP
    up = Panel.allocate(block, mlpWidth);
    lifted = Panel.allocate(block, outWidth);
  }

  /** What the linear layer of a head reads for the head rows [from, from + count), [i][hidden]. */
  Panel of(HeadWeights whichHead, RowBatch whichRows, int first, int howMany) {
    head = whichHead;
    rows = whichRows;
    from = first;
    count = howMany;
    if (head.mlp != null) {
      gate = Objects.requireNonNull(gates.get(head));
      team.run(mlpNorm);
      team.run(feedForward);
      team.run(feedForwardOut);
    }
    team.run(norm);
    return inputs;
  }

  private int state(int i) {
    return hidden.at(rows.slot[rows.headRow[from + i]]);
  }

  private void mlpNorm(int worker, int workers) {
    HeadWeights.Mlp mlp = mlp();
    int end = share(count, worker + 1, workers);
    for (int i = share(count, worker, workers); i < end; i++) {
      team.kernels(worker)
          .rmsNorm(hidden.data(), state(i), mlp.norm, eps, inputs.data(), inputs.at(i));
      team.linear().written(inputs, i, 0, width, worker);
    }
  }

  private void feedForward(int worker, int workers) {
    HeadWeights.Mlp mlp = mlp();
    team.linear(mlp.gate, inputs, gate, count, worker);
    team.linear(mlp.up, inputs, up, count, worker);
    int first = team.fromOutput(mlp.gate, worker);
    int end = team.fromOutput(mlp.gate, worker + 1);
    for (int i = 0; i < count; i++) {
      int at = gate.at(i);
      team.kernels(worker).swiGlu(gate.data(), up.data(), at + first, at + end);
      team.linear().written(gate, i, first, end, worker);
    }
  }

  private void feedForwardOut(int worker, int workers) {
    HeadWeights.Mlp mlp = mlp();
    team.linear(mlp.down, gate, lifted, count, worker);
    int first = team.fromOutput(mlp.down, worker);
    int end = team.fromOutput(mlp.down, worker + 1);
    for (int i = 0; i < count; i++) {
      int state = state(i);
      int at = lifted.at(i);
      for (int k = first; k < end; k++) {
        lifted.data()[at + k] += hidden.data()[state + k];
      }
    }
  }

  private void norm(int worker, int workers) {
    boolean fromMlp = head.mlp != null;
    Panel source = fromMlp ? lifted : hidden;
    int end = share(count, worker + 1, workers);
    for (int i = share(count, worker, workers); i < end; i++) {
      int at = fromMlp ? lifted.at(i) : state(i);
      if (head.norm.length == 0) {
        System.arraycopy(source.data(), at, inputs.data(), inputs.at(i), width);
      } else {
        team.kernels(worker)
            .rmsNorm(source.data(), at, head.norm, eps, inputs.data(), inputs.at(i));
      }
      team.linear().written(inputs, i, 0, width, worker);
    }
  }

  private HeadWeights.Mlp mlp() {
    if (head.mlp == null) {
      throw new IllegalStateException("the head has no MLP");
    }
    return head.mlp;
  }

  long bytes() {
    return inputs.bytes() + gateBytes + up.bytes() + lifted.bytes();
  }
}
