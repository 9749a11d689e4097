package io.drex.device.cuda;

import io.drex.device.cuda.Gemm.Operands;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.ModelSpec;

/** One decoder layer: its launches, prepared. */
final class Layer {
  private static final int THREADS = 128; // of rope_kv_write and attn_rows
  private static final int HEADS_PER_BLOCK = 4; // of rope_kv_write

  private final CudaDriver driver;
  private final ModelSpec spec;
  private final CudaDriver.Launch inputNorm;
  private final Gemm project;
  private final CudaDriver.Launch place;
  private final CudaDriver.Launch attend;
  private final Gemm attentionOut;
  private final CudaDriver.Launch postNorm;
  private final Gemm feedForward;
  private final Gemm feedForwardOut;

  private final CudaDriver.Launch leftNorm;
  private final Gemm projectKv;
  private final CudaDriver.Launch placeKv;

  /**
   * @param index of the layer
   * @param tables address of the token tables of the layer's segment
   * @param calls where things are in calls of segments
   * @param fills where they are when K and V of rows that left are projected
   */
  Layer(LayerWeights weights, int index, long tables, Places calls, Places fills) {
    driver = calls.step().kernels().driver();
    spec = calls.spec();
    StepArgs step = calls.step();
    int gatedWidth = Matrix.padded(spec.intermediateSize());
    inputNorm = norm(calls, weights.inputNorm());
    project = projection(calls, weights, 0);
    place = placing(calls, weights, index, tables, 0);
    attend = attention(calls, index, tables);
    attentionOut = adding(calls, weights.attentionOut(), calls.attended());
    postNorm = norm(calls, weights.postNorm());
    feedForward =
        Gemm.gating(
            step,
            Rows.ALL,
            new Operands(weights.gateAndUp(), calls.normed(), calls.gated(), gatedWidth));
    feedForwardOut = adding(calls, weights.down(), calls.gated());
    leftNorm = norm(fills, weights.inputNorm());
    projectKv = projection(fills, weights, spec.heads() * spec.headDim() / Matrix.TILE);
    placeKv = placing(fills, weights, index, tables, spec.heads());
  }

  private static CudaDriver.Launch norm(Places at, long weight) {
    return Norm.prepare(at.step(), Rows.ALL, at.hidden(), weight, at.normed(), at.spec());
  }

  private static Gemm projection(Places at, LayerWeights weights, int firstTile) {
    Operands operands = new Operands(weights.qkv(), at.normed(), at.qkv(), at.qkvStride());
    return Gemm.storing(at.step(), Rows.ALL, operands, firstTile, weights.qkvBias());
  }

  private static Gemm adding(Places at, Matrix weights, long inputs) {
    Operands operands = new Operands(weights, inputs, at.hidden(), at.spec().hiddenSize());
    return Gemm.adding(at.step(), Rows.ALL, operands, at.hidden());
  }

  private static CudaDriver.Launch placing(
      Places at, LayerWeights weights, int index, long tables, int firstHead) {
    ModelSpec spec = at.spec();
    Arguments.List list =
        at.step()
            .arguments()
            .add(at.qkv())
            .add(at.qkvStride())
            .add(at.cos())
            .add(at.sin())
            .add(weights.queryNorm())
            .add(weights.keyNorm())
            .add(spec.rmsNormEps())
            .add(tables)
            .add(at.tablePositions())
            .add(at.cache().bases)
            .add(index)
            .add(spec.heads())
            .add(spec.kvHeads())
            .add(spec.headDim())
            .add(firstHead);
    return at.step().kernels().prepare("rope_kv_write", THREADS, list);
  }

  private static CudaDriver.Launch attention(Places at, int index, long tables) {
    ModelSpec spec = at.spec();
    Arguments.List list =
        at.step()
            .arguments()
            .add(at.qkv())
            .add(at.qkvStride())
            .add(at.attended())
            .add(Matrix.padded(spec.heads() * spec.headDim()))
            .add(tables)
            .add(at.tablePositions())
            .add(at.cache().bases)
            .add(at.cache().lastLayers)
            .add(index)
            .add(spec.heads())
            .add(spec.kvHeads())
            .add(spec.headDim())
            .add((float) (1 / Math.sqrt(spec.headDim())));
    return at.step().kernels().prepare("attn_rows_" + headsPerLoad(spec), THREADS, list);
  }

  /** Query heads of a group that share each load of K and V. */
  private static int headsPerLoad(ModelSpec spec) {
    int group = spec.heads() / spec.kvHeads();
    return group == 1 ? 1 : group <= 4 ? 4 : 8;
  }

  /** Runs the layer over the rows of a call. */
  void run(int rows) {
    driver.launch(inputNorm, rows, 1);
    project.run(rows);
    driver.launch(place, rows, blocks(0));
    driver.launch(attend, rows, spec.kvHeads());
    attentionOut.run(rows);
    driver.launch(postNorm, rows, 1);
    feedForward.run(rows);
    feedForwardOut.run(rows);
  }

  /** Projects K and V of rows that left before this layer from the states they left with. */
  void project(int rows) {
    driver.launch(leftNorm, rows, 1);
    projectKv.run(rows);
    driver.launch(placeKv, rows, blocks(spec.heads()));
  }

  private int blocks(int firstHead) {
    int heads = spec.heads() + 2 * spec.kvHeads() - firstHead;
    return (heads + HEADS_PER_BLOCK - 1) / HEADS_PER_BLOCK;
  }
}
