package io.drex.device.cuda;

import io.drex.device.cuda.Gemm.Operands;

/** Prepares the decoder layers' linear layers over the rows of a call, by what they end with. */
interface LinearLayers {
  /** On kernels of our own, whatever the rows. */
  LinearLayers OWN =
      new LinearLayers() {
        @Override
        public Linear storing(StepArgs step, Operands operands, long bias) {
          return Gemm.storing(step, Rows.ALL, operands, 0, bias);
        }

        @Override
        public Linear adding(StepArgs step, Operands operands, long states) {
          return Gemm.adding(step, Rows.ALL, operands, states);
        }

        @Override
        public Linear gating(StepArgs step, Operands operands) {
          return Gemm.gating(step, Rows.ALL, operands);
        }
      };

  /** As {@link Gemm#storing}, of all outputs. */
  Linear storing(StepArgs step, Operands operands, long bias);

  /** As {@link Gemm#adding}. */
  Linear adding(StepArgs step, Operands operands, long states);

  /** As {@link Gemm#gating}. */
  Linear gating(StepArgs step, Operands operands);
}
