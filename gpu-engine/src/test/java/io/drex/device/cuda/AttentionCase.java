package io.drex.device.cuda;

import io.drex.device.CacheGeometry;
import java.util.Arrays;
import java.util.Random;

/**
 * Attention of random rows over random cells, own and aliased: layer 2 of 3, of which the first two
 * are of segment 0.
 */
final class AttentionCase {
  private static final int LAYERS = 3;
  private static final int LAYER = 2;
  private static final int ALIASED_LAYER = 1;
  private static final int CELLS = 50;

  final int kvHeads;
  final int heads;
  final int headDim;
  final int maxPositions;
  final StepBuilder step;

  private final float[][] cells = new float[LAYERS][]; // [layer][cell][2][kvHead][cellHead]
  private final int[] tables; // [table][position]
  private final float[] qkv; // [row][ldq]
  private final int ldq;
  private final float scale;

  AttentionCase(Random random, int headDim, int group, int rows, int maxPositions) {
    this.headDim = headDim;
    this.maxPositions = maxPositions;
    kvHeads = 1 + random.nextInt(2);
    heads = group * kvHeads;
    scale = (float) (1 / Math.sqrt(headDim));
    step = StepBuilder.random(random, rows + 3, rows, rows + 9);
    Arrays.setAll(step.position, i -> random.nextInt(maxPositions));
    step.position[0] = maxPositions - 1;
    for (int layer = 0; layer < LAYERS; layer++) {
      cells[layer] = new float[CELLS * cellElements()];
      for (int i = 0; i < cells[layer].length; i++) {
        boolean isPad = i % cellHead() >= headDim;
        cells[layer][i] = isPad ? 0 : Bf16.rounded((float) random.nextGaussian());
      }
    }
    tables = new int[rows * maxPositions];
    for (int i = 0; i < tables.length; i++) {
      int cell = random.nextInt(CELLS);
      tables[i] = random.nextInt(3) == 0 ? CacheGeometry.alias(0, cell) : cell;
    }
    ldq = (heads + 2 * kvHeads) * headDim + 5;
    qkv = KernelCase.gaussians(random, rows * ldq);
  }

  private int cellHead() {
    return (headDim + 7) / 8 * 8;
  }

  private int cellElements() {
    return 2 * kvHeads * cellHead();
  }

  /** Elements of a row of results, pads included. */
  int width() {
    return WeightTiles.padded(heads * headDim);
  }

  /** Results of all rows, zeros in pads. */
  double[] expected() {
    double[] out = new double[step.rows * width()];
    for (int row = 0; row < step.rows; row++) {
      for (int head = 0; head < heads; head++) {
        attend(row, head, out, row * width() + head * headDim);
      }
    }
    return out;
  }

  private void attend(int row, int head, double[] out, int at) {
    int kvHead = head / (heads / kvHeads);
    double[] weights = new double[step.position[row] + 1];
    for (int p = 0; p < weights.length; p++) {
      for (int d = 0; d < headDim; d++) {
        weights[p] += scale * qkv[row * ldq + head * headDim + d] * element(row, p, 0, kvHead, d);
      }
    }
    double max = Arrays.stream(weights).max().orElseThrow();
    double sum = 0;
    for (int p = 0; p < weights.length; p++) {
      weights[p] = Math.exp(weights[p] - max);
      sum += weights[p];
    }
    for (int p = 0; p < weights.length; p++) {
      for (int d = 0; d < headDim; d++) {
        out[at + d] += weights[p] / sum * element(row, p, 1, kvHead, d);
      }
    }
  }

  /** Of K (0) or V (1). */
  private double element(int row, int position, int which, int kvHead, int d) {
    int entry = tables[step.table[row] * maxPositions + position];
    boolean isAlias = CacheGeometry.isAlias(entry);
    float[] layer = cells[isAlias ? ALIASED_LAYER : LAYER];
    int cell = isAlias ? CacheGeometry.aliasCell(entry) : entry;
    return layer[cell * cellElements() + (which * kvHeads + kvHead) * cellHead() + d];
  }

  private int suffix() {
    int group = heads / kvHeads;
    return group == 1 ? 1 : group <= 4 ? 4 : 8;
  }

  /** Makes the rows consecutive positions of one sequence. */
  void makeConsecutive(int firstPosition) {
    Arrays.setAll(step.position, i -> firstPosition + i);
    Arrays.fill(step.table, 0);
  }

  /** Makes the value of a position the same number in all elements, and that of no other. */
  void setValue(int table, int position, float value) {
    int cell = CELLS - 1;
    for (int i = 0; i < tables.length; i++) {
      tables[i] = tables[i] == cell ? 0 : tables[i];
    }
    tables[table * maxPositions + position] = cell;
    int end = (cell + 1) * cellElements();
    Arrays.fill(cells[LAYER], end - cellElements() / 2, end, value);
  }

  /**
   * All rows, as prompt rows.
   *
   * @param mostOfATile rows
   */
  float[] runPrompt(TestGpu gpu, int mostOfATile) {
    step.decodeRows = 0;
    step.mostOfATile = mostOfATile;
    DeviceArray out = gpu.allocate(2L * step.rows * width());
    Object[] where = {out, width()};
    int size = headDim <= 64 ? 64 : headDim <= 128 ? 128 : 256;
    launch(gpu, "drex_attn_prefill_" + size, step.rows + 2, heads, where);
    return out.readBf16();
  }

  /**
   * All rows, as decode rows, round by round.
   *
   * @param rowsOfRound rows that a plan takes
   * @param blocks that share out its chunks
   */
  float[] runSplit(TestGpu gpu, int rowsOfRound, int blocks) {
    step.decodeRows = step.rows;
    int chunks = step.rows * ((maxPositions + 255) / 256);
    DeviceArray partial = gpu.allocate(4L * heads * chunks * headDim);
    DeviceArray stats = gpu.allocate(8L * heads * chunks);
    DeviceArray plan = gpu.allocate(4L * (4 + step.maxRows + chunks));
    DeviceArray out = gpu.allocate(2L * step.rows * width());
    Object[] where = {partial, stats, plan};
    for (int first = 0; first < step.rows; first += rowsOfRound) {
      DeviceArray args = step.upload(gpu);
      int end = first + rowsOfRound;
      gpu.launch("drex_attn_plan", 1, 1, 1, 256, args, step.maxRows, plan, first, end);
      launch(gpu, "drex_attn_split_" + suffix(), blocks, 1, where);
      gpu.launch(
          "drex_attn_merge",
          rowsOfRound + 2,
          heads,
          1,
          128,
          args,
          step.maxRows,
          partial,
          stats,
          plan,
          out,
          width(),
          heads,
          headDim);
    }
    return out.readBf16();
  }

  private void launch(TestGpu gpu, String kernel, int gridX, int gridY, Object[] where) {
    long[] bases = new long[LAYERS];
    Arrays.setAll(bases, layer -> gpu.bf16(cells[layer]).address());
    Object[] before = {step.upload(gpu), step.maxRows, gpu.floats(qkv), ldq};
    Object[] after = {
      gpu.ints(tables),
      maxPositions,
      gpu.longs(bases),
      gpu.ints(ALIASED_LAYER, LAYER),
      LAYER,
      heads,
      kvHeads,
      headDim,
      scale
    };
    Object[] all = new Object[before.length + where.length + after.length];
    System.arraycopy(before, 0, all, 0, before.length);
    System.arraycopy(where, 0, all, before.length, where.length);
    System.arraycopy(after, 0, all, before.length + where.length, after.length);
    gpu.launch(kernel, gridX, gridY, 1, 128, all);
  }
}
