package io.drex.device.cuda;

import io.drex.device.cuda.Gemm.Operands;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.ModelSpec;

/** One decoder layer: its launches, prepared. */
final class Layer {
  /** What all layers share in calls of segments. */
  record Calls(
      Places at,
      LinearLayers linear,
      DecodeAttention decodeAttention,
      PromptAttention promptAttention) {}

  private static final int THREADS = 128; // of rope_kv_write
  private static final int HEADS_PER_BLOCK = 4; // of rope_kv_write

  private final CudaDriver driver;
  private final ModelSpec spec;
  private final CudaDriver.Launch inputNorm;
  private final Linear project;
  private final CudaDriver.Launch place;
  private final DecodeAttention decodeAttention;
  private final PromptAttention promptAttention;
  private final CudaDriver.Launch attendDecode;
  private final CudaDriver.Launch attendPrompt;
  private final Linear attentionOut;
  private final CudaDriver.Launch postNorm;
  private final Linear feedForward;
  private final Linear feedForwardOut;

  private final CudaDriver.Launch leftNorm;
  private final Linear projectKv;
  private final CudaDriver.Launch placeKv;

  /**
   * @param index of the layer
   * @param tables address of the token tables of the layer's segment
   * @param calls where things are in calls of segments, and what they multiply and attend with
   * @param fills where they are when K and V of rows that left are projected
   */
  Layer(LayerWeights weights, int index, long tables, Calls calls, Places fills) {
    Places at = calls.at();
    driver = at.step().kernels().driver();
    spec = at.spec();
    int gatedWidth = Matrix.padded(spec.intermediateSize());
    inputNorm = norm(at, weights.inputNorm());
    project = calls.linear().storing(at.step(), projection(at, weights), weights.qkvBias());
    place = placing(at, weights, index, tables, 0);
    decodeAttention = calls.decodeAttention();
    promptAttention = calls.promptAttention();
    attendDecode = decodeAttention.prepare(index, tables);
    attendPrompt = promptAttention.prepare(index, tables);
    attentionOut = adding(calls, weights.attentionOut(), at.attended());
    postNorm = norm(at, weights.postNorm());
    Operands gateAndUp = new Operands(weights.gateAndUp(), at.normed(), at.gated(), gatedWidth);
    feedForward = calls.linear().gating(at.step(), gateAndUp);
    feedForwardOut = adding(calls, weights.down(), at.gated());
    leftNorm = norm(fills, weights.inputNorm());
    int firstKeys = spec.heads() * spec.headDim() / Matrix.TILE;
    projectKv =
        Gemm.storing(
            fills.step(), Rows.ALL, projection(fills, weights), firstKeys, weights.qkvBias());
    placeKv = placing(fills, weights, index, tables, spec.heads());
  }

  private static CudaDriver.Launch norm(Places at, long weight) {
    return Norm.prepare(at.step(), Rows.ALL, at.hidden(), weight, at.normed(), at.spec());
  }

  private static Operands projection(Places at, LayerWeights weights) {
    return new Operands(weights.qkv(), at.normed(), at.qkv(), at.qkvStride());
  }

  private static Linear adding(Calls calls, Matrix weights, long inputs) {
    Places at = calls.at();
    Operands operands = new Operands(weights, inputs, at.hidden(), at.spec().hiddenSize());
    return calls.linear().adding(at.step(), operands, at.hidden());
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

  /** Runs the layer over the rows of a call. */
  void run(int rows) {
    driver.launch(inputNorm, rows, 1);
    project.run(rows);
    driver.launch(place, rows, blocks(0));
    decodeAttention.run(attendDecode);
    promptAttention.run(attendPrompt);
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
