package io.drex.device.cuda;

import io.drex.device.cuda.Gemm.Operands;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.ConfidenceMetric;
import io.drex.model.ModelSpec;

/** The head after one segment: its launches over a block of head rows, prepared. */
final class ExitHead {
  private static final int[] BLOCK_ROWS = {8, 32, 128};
  private static final int OUTPUTS_PER_BLOCK = 128;

  private final CudaDriver driver;
  private final ConfidenceMetric metric;
  private final CudaDriver.Launch[] mlpNorm; // none or one
  private final Gemm[] mlp; // none, or both layers
  private final CudaDriver.Launch norm;
  private final CudaDriver.Launch[] linear; // by BLOCK_ROWS
  private final int vocabTiles;
  private final CudaDriver.Launch decide;

  ExitHead(
      StepArgs step, ModelSpec spec, HeadWeights weights, ConfidenceMetric metric, HeadPlaces at) {
    KernelSet kernels = step.kernels();
    driver = kernels.driver();
    this.metric = metric;
    vocabTiles = vocabTiles(spec);
    HeadWeights.Mlp before = weights.mlp();
    if (before == null) {
      mlpNorm = new CudaDriver.Launch[0];
      mlp = new Gemm[0];
      norm = Norm.prepare(step, Rows.HEADS, at.hidden(), weights.norm(), at.inputs(), spec);
    } else {
      mlpNorm =
          new CudaDriver.Launch[] {
            Norm.prepare(step, Rows.HEADS, at.hidden(), before.norm(), at.inputs(), spec)
          };
      mlp = mlp(step, spec, before, at);
      norm =
          Norm.prepare(step, Rows.HEADS_IN_ORDER, at.lifted(), weights.norm(), at.inputs(), spec);
    }
    long list =
        step.arguments()
            .add(weights.linear().tiles())
            .add(at.inputs())
            .add(weights.linear().inputTiles())
            .add(spec.vocabSize())
            .add(at.stats())
            .add(vocabTiles)
            .add(at.logits())
            .add(at.logitStride())
            .end();
    linear = new CudaDriver.Launch[BLOCK_ROWS.length];
    for (int i = 0; i < linear.length; i++) {
      linear[i] = kernels.prepare("head_gemm_" + BLOCK_ROWS[i], 256, list);
    }
    decide =
        kernels.prepare(
            "head_decide",
            32,
            step.arguments()
                .add(at.stats())
                .add(vocabTiles)
                .add(spec.vocabSize())
                .add(metric.ordinal())
                .add(at.cosine())
                .add(at.verdict())
                .add(at.readings()));
  }

  private static Gemm[] mlp(StepArgs step, ModelSpec spec, HeadWeights.Mlp mlp, HeadPlaces at) {
    int width = Matrix.padded(mlp.width());
    Operands up = new Operands(mlp.gateAndUp(), at.inputs(), at.gated(), width);
    Operands down = new Operands(mlp.down(), at.gated(), at.lifted(), spec.hiddenSize());
    return new Gemm[] {
      Gemm.gating(step, Rows.HEADS, up), Gemm.adding(step, Rows.HEADS, down, at.hidden())
    };
  }

  /** Parts of the vocabulary whose figures are merged. */
  static int vocabTiles(ModelSpec spec) {
    return (spec.vocabSize() + OUTPUTS_PER_BLOCK - 1) / OUTPUTS_PER_BLOCK;
  }

  ConfidenceMetric metric() {
    return metric;
  }

  /**
   * Reads the heads of the rows that the step's arguments name.
   *
   * @param heads that grids are for, at least as many
   */
  void read(int heads) {
    for (CudaDriver.Launch launch : mlpNorm) {
      driver.launch(launch, heads, 1);
    }
    for (Gemm layer : mlp) {
      layer.run(heads);
    }
    driver.launch(norm, heads, 1);
    int i = 0;
    while (i < BLOCK_ROWS.length - 1 && BLOCK_ROWS[i] < heads) {
      i++;
    }
    driver.launch(linear[i], (heads + BLOCK_ROWS[i] - 1) / BLOCK_ROWS[i], vocabTiles);
    driver.launch(decide, heads, 1);
  }
}
