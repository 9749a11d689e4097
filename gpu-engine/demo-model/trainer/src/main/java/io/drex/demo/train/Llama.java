package io.drex.demo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.drex.demo.recipe.Batch;
import io.drex.demo.recipe.FlatWeights;
import io.drex.demo.recipe.FlatWeights.Kind;
import io.drex.demo.recipe.FlatWeights.Slice;
import io.drex.demo.recipe.ModelShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The forward pass of a Llama over padded batches, with the hidden states of ramps.
 *
 * <p>Arranged for few passes over memory: norm gains and the attention scale are folded into small
 * arrays, halves are swapped in one pass, the last layer runs its output and feed-forward only
 * where a loss is paid. Used by the thread that trains.
 */
final class Llama {
  private static final float MASKED = -1e9f;

  private final FlatWeights layout;
  private final ModelShape shape;
  private final NDManager constants;
  private final long[] splits;
  private final NDArray perElement;
  private final NDArray epsilon;
  private final NDArray inverseRoot;
  private final Map<Integer, Rotation> rotations = new HashMap<>();
  private final Map<Integer, NDArray> masks = new HashMap<>();

  /** Factors of an element and of its partner in the other half, [length][heads + kvHeads][dim]. */
  private record Rotation(NDArray cosines, NDArray sines) {}

  Llama(FlatWeights layout, NDManager constants) {
    this.layout = layout;
    this.shape = layout.shape();
    this.constants = constants;
    this.perElement = constants.create(1f / shape.hidden());
    this.epsilon = constants.create(ModelShape.RMS_NORM_EPS);
    this.inverseRoot = constants.create(-.5f);
    this.splits = layout.slices().stream().skip(1).mapToLong(Slice::begin).toArray();
  }

  /**
   * Logits of the positions that pay, one block of rows per exit: the summary positions at each
   * ramp, then all positions at full depth.
   *
   * @param flat all weights, [{@link FlatWeights#size()}]
   * @param step manager of the results
   * @return [ramps × summaryCount + positions][vocab]
   */
  NDArray logits(NDArray flat, Batch batch, NDManager step) {
    NDArray[] weights = weights(flat, step);
    NDArray ids = step.create(batch.ids());
    NDArray all = step.create(batch.positions());
    NDArray summary = step.create(Arrays.copyOf(batch.positions(), batch.summaryCount()));
    NDArray embedding = weights[layout.index(Kind.EMBEDDING, 0)];
    NDArray hidden = Torch.rows(ids, embedding);
    Pass pass = new Pass(weights, batch, all, exits(batch, step));
    List<NDArray> exits = new ArrayList<>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      hidden = pass.layer(layer, hidden);
      if (shape.ramps().contains(layer + 1)) {
        exits.add(Torch.rows(summary, hidden));
      }
    }
    exits.add(hidden);
    NDArray rows = exits.size() == 1 ? hidden : NDArrays.concat(new NDList(exits), 0);
    NDArray gain = weights[layout.index(Kind.FINAL_NORM, 0)];
    return normalized(rows).matMul(embedding.mul(gain).transpose());
  }

  private NDArray[] weights(NDArray flat, NDManager step) {
    NDList parts = flat.split(splits, 0);
    parts.attach(step);
    NDArray[] weights = new NDArray[parts.size()];
    for (int i = 0; i < weights.length; i++) {
      Slice slice = layout.slices().get(i);
      weights[i] = parts.get(i).reshape(slice.rows(), slice.columns());
    }
    return weights;
  }

  /** [sequences][length][1][1], or empty. */
  private static List<NDArray> exits(Batch batch, NDManager step) {
    if (batch.exitDepth().length == 0) {
      return List.of();
    }
    Shape perPosition = new Shape(batch.sequences(), batch.length(), 1, 1);
    return List.of(step.create(batch.exitDepth(), perPosition));
  }

  /** x divided by its root mean square, without the gain; rows of the last axis. */
  private NDArray normalized(NDArray x) {
    NDArray squares = x.norm(2, new int[] {-1}, true).square();
    return x.mul(squares.mul(perElement).add(epsilon).pow(inverseRoot));
  }

  /** The layers of one batch; remembers the keys and values of the layer before. */
  private final class Pass {
    private final NDArray[] weights;
    private final int sequences;
    private final int length;
    private final NDArray payers;
    private final List<NDArray> exitDepth;
    private List<NDArray> before = List.of();

    Pass(NDArray[] weights, Batch batch, NDArray payers, List<NDArray> exitDepth) {
      this.weights = weights;
      this.sequences = batch.sequences();
      this.length = batch.length();
      this.payers = payers;
      this.exitDepth = exitDepth;
    }

    /** [positions][hidden] → the same, or [payers][hidden] after the last layer. */
    NDArray layer(int layer, NDArray x) {
      NDArray mixed = attention(layer, x);
      NDArray residual = x;
      if (layer == shape.layers() - 1) {
        mixed = Torch.rows(payers, mixed);
        residual = Torch.rows(payers, x);
      }
      NDArray middle = mixed.matMul(weight(Kind.O, layer)).addi(residual);
      return feedForward(layer, middle).addi(middle);
    }

    private NDArray feedForward(int layer, NDArray x) {
      NDArray gateUp = normalized(x).matMul(gained(Kind.POST_NORM, Kind.GATE_UP, layer));
      NDList halves = gateUp.split(2, 1);
      NDArray gate = halves.get(0);
      NDArray inner = gate.mul(Torch.sigmoid(gate)).mul(halves.get(1));
      return inner.matMul(weight(Kind.DOWN, layer));
    }

    private NDArray attention(int layer, NDArray x) {
      int heads = shape.heads();
      int kvHeads = shape.kvHeads();
      int dim = shape.headDim();
      int group = heads / kvHeads;
      NDArray qkv =
          normalized(x)
              .matMul(gained(Kind.INPUT_NORM, Kind.QKV, layer))
              .reshape(sequences, length, heads + 2L * kvHeads, dim);
      NDList parts = qkv.split(new long[] {heads + kvHeads}, 2);
      NDList rotated = rotate(parts.get(0)).split(new long[] {heads}, 2);
      List<NDArray> kv = takeOver(layer, List.of(rotated.get(1), parts.get(1)));
      NDArray q =
          rotated
              .get(0)
              .reshape(sequences, length, kvHeads, group, dim)
              .transpose(0, 2, 3, 1, 4)
              .reshape((long) sequences * kvHeads, (long) group * length, dim);
      NDArray k = perHead(kv.get(0));
      NDArray v = perHead(kv.get(1));
      NDArray scores = q.batchMatMul(k.transpose(0, 2, 1)).addi(mask(length));
      return scores
          .softmax(-1)
          .batchMatMul(v)
          .reshape(sequences, kvHeads, group, length, dim)
          .transpose(0, 3, 1, 2, 4)
          .reshape((long) sequences * length, shape.hidden());
    }

    /** Positions that left below this layer hand up the keys and values of the layer before. */
    private List<NDArray> takeOver(int layer, List<NDArray> own) {
      if (!exitDepth.isEmpty() && layer >= shape.ramps().get(0)) {
        NDArray stays = exitDepth.get(0).gt(layer);
        own =
            List.of(
                Torch.where(stays, own.get(0), before.get(0)),
                Torch.where(stays, own.get(1), before.get(1)));
      }
      before = own;
      return own;
    }

    /** [sequences][length][kvHeads][dim] → [sequences × kvHeads][length][dim]. */
    private NDArray perHead(NDArray x) {
      return x.transpose(0, 2, 1, 3)
          .reshape((long) sequences * shape.kvHeads(), length, shape.headDim());
    }

    /** Rotates Q and K and scales Q. */
    private NDArray rotate(NDArray x) {
      long heads = x.getShape().get(2);
      NDArray swapped =
          x.reshape(sequences, length, heads, 2, shape.headDim() / 2L)
              .flip(3)
              .reshape(sequences, length, heads, shape.headDim());
      Rotation rotation = rotation(length);
      return x.mul(rotation.cosines()).addi(swapped.mul(rotation.sines()));
    }

    private NDArray weight(Kind kind, int layer) {
      return weights[layout.index(kind, layer)];
    }

    /** A matrix with the norm's gain before it folded into its rows. */
    private NDArray gained(Kind norm, Kind matrix, int layer) {
      return weight(matrix, layer).mul(weight(norm, layer).reshape(shape.hidden(), 1));
    }
  }

  /** Made once per length. */
  private Rotation rotation(int length) {
    return rotations.computeIfAbsent(
        length,
        n -> {
          int heads = shape.heads() + shape.kvHeads();
          int dim = shape.headDim();
          float[] cosines = new float[n * heads * dim];
          float[] sines = new float[n * heads * dim];
          for (int i = 0; i < cosines.length; i++) {
            int pair = i % (dim / 2);
            int head = i / dim % heads;
            int position = i / dim / heads;
            double angle = position * Math.pow(ModelShape.ROPE_THETA, -2.0 * pair / dim);
            double scale = head < shape.heads() ? 1 / Math.sqrt(dim) : 1;
            // The lower half loses the upper half's share, the upper half gains the lower's.
            double sign = i % dim < dim / 2 ? -1 : 1;
            cosines[i] = (float) (scale * Math.cos(angle));
            sines[i] = (float) (scale * sign * Math.sin(angle));
          }
          Shape perHead = new Shape(n, heads, dim);
          return new Rotation(constants.create(cosines, perHead), constants.create(sines, perHead));
        });
  }

  /** [group × length][length]: 0 up to the query's own position, then very negative. */
  private NDArray mask(int length) {
    return masks.computeIfAbsent(
        length,
        n -> {
          int queries = shape.heads() / shape.kvHeads() * n;
          float[] values = new float[queries * n];
          for (int query = 0; query < queries; query++) {
            Arrays.fill(values, query * n + query % n + 1, query * n + n, MASKED);
          }
          return constants.create(values, new Shape(queries, n));
        });
  }
}
