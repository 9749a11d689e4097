package io.drex.device.cpu.kernel;

import io.drex.model.RopeTable;

/**
 * The arithmetic of a decoder. All implementations give the same bits for the same arguments
 * (ours), whatever the width of the vectors, because the order of every sum is fixed:
 *
 * <ol>
 *   <li>an output of a linear layer, a score of attention before it is scaled, and an element of
 *       attention's weighted sum is one chain of fused multiply-adds in the order of the inputs,
 *       the head's elements, or the positions, starting at zero;
 *   <li>a sum over a row (squares, exponentials, other dot products) runs in {@link Lanes#COUNT}
 *       lanes, lane j taking the elements ≡ j, folded by {@link Lanes#fold};
 *   <li>weights of 8 bits are multiplied as whole numbers, and a finished sum by its output's
 *       scale;
 *   <li>K after RoPE and V are rounded once, when they are written, to the type of {@link KvCells};
 *   <li>exponentials are {@link Exp#exp}; divisions and square roots are IEEE's.
 * </ol>
 *
 * <p>Nothing that a row's results depend on is a number of rows, of threads, or another row. An
 * instance holds scratch and is used by one thread at a time.
 */
public interface Kernels {

  /**
   * y[row][n] = Σ_k x[row][k] · w[n][k] for the rows [0, rows) and the columns of the groups
   * [fromGroup, toGroup). Columns that pad the last group become zero or stay as they are.
   *
   * @param x [row][at least inputs of w]
   * @param y [row][at least {@link PackedMatrix#paddedOutputs}]
   */
  void linear(PackedMatrix w, Panel x, Panel y, int rows, int fromGroup, int toGroup);

  /**
   * y[i] = x[i] / √(mean of x² + eps) · weight[i], for as many elements as there are weights; y may
   * be x, at the same place.
   */
  void rmsNorm(float[] x, int xAt, float[] weight, float eps, float[] y, int yAt);

  /**
   * Rounds n floats to bf16, to the nearest and of two equally near ones to the even one; what is
   * not finite stays so.
   */
  void roundToBf16(float[] x, int xAt, int n, short[] to);

  /** Rotates one head, in place, to a position: elements i and i + headDim / 2 are a pair. */
  void rotate(float[] x, int at, RopeTable rope, int position);

  /**
   * Attention of a tile's rows, for all query heads that share the tile's KV heads. Which rows are
   * in a tile, and where cells lie, changes no bit of any of them.
   *
   * @param table [position] KV token table of the rows' sequence in the layer's segment
   * @param q rotated queries, [row][head][headDim]; further columns are not read
   * @param out [row][head][headDim]
   */
  void attend(KvLayer kv, int[] table, AttentionTile tile, Panel q, Panel out);

  /** gate[i] = silu(gate[i]) · up[i] for i in [from, to). */
  void swiGlu(float[] gate, float[] up, int from, int to);

  /** Σ a[i] · b[i] over n elements. */
  float dot(float[] a, int aAt, float[] b, int bAt, int n);

  /** Reads logits[at, at + count) into {@code out}. */
  void readLogits(float[] logits, int at, int count, LogitStats out);

  /**
   * Σ exp(logit − max) · (max − logit) over logits[at, at + count), of which {@code max} is the
   * largest; what an entropy needs beside {@link LogitStats}.
   */
  float sumOfSpreads(float[] logits, int at, int count, float max);

  /**
   * weights[i] = exp((logits[at + i] − max) / temperature) for as many elements as there are
   * weights.
   *
   * @param max the largest of these logits, so that the largest weight is 1
   * @param temperature above 0
   */
  void temper(float[] logits, int at, float max, float temperature, float[] weights);
}
