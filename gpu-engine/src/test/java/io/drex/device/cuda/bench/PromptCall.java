package io.drex.device.cuda.bench;

import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.policy.ModelShape;
import java.util.Random;

/** A call of prompts from their first position on, the heads of their last positions read. */
final class PromptCall {
  private final OpenModel open;
  private final Sizes.Prompts prompts;
  private final RowBatch rows;
  private final HeadReadings readings;

  /**
   * @param open a model that no ramp cuts
   */
  PromptCall(OpenModel open, Sizes.Prompts prompts) {
    this.open = open;
    this.prompts = prompts;
    int tokens = prompts.tokens();
    int slots = open.options().slots();
    Random random = new Random(tokens);
    int[][][] tables = new int[slots][1][open.options().maxSequenceTokens()];
    rows = new RowBatch(prompts.sequences() * tokens, tables);
    readings = new HeadReadings(rows.token.length);
    for (int s = 0; s < prompts.sequences(); s++) {
      for (int p = 0; p < tokens; p++) {
        int row = rows.rows++;
        tables[s % slots][0][p] = row;
        rows.token[row] = random.nextInt(open.spec().vocabSize());
        rows.position[row] = p;
        rows.slot[row] = slots + row;
        rows.table[row] = s % slots;
        rows.prompt[row] = true;
      }
      rows.headRow[rows.heads++] = rows.rows - 1;
    }
  }

  void run() {
    open.device().model().runSegment(0, rows, readings);
  }

  /** Operations of a call. */
  double flops(ModelShape shape) {
    return flops(shape, prompts);
  }

  /** The same without a device. */
  static double flops(ModelShape shape, Sizes.Prompts prompts) {
    double tokens = prompts.tokens();
    double all = prompts.sequences() * tokens;
    double attended = prompts.sequences() * tokens * (tokens + 1) / 2;
    return 2 * all * shape.layers() * shape.weightsPerLayer()
        + attended * shape.layers() * shape.attentionFlopsPerToken()
        + 2.0 * prompts.sequences() * shape.headWeights();
  }
}
