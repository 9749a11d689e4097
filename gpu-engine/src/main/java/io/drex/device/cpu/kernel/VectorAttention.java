package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** Attention of one query head after another. Used by one thread at a time. */
final class VectorAttention {
  private final AttentionShape shape;
  private final VectorSums sums;
  private final float[] scores; // [position]

  VectorAttention(AttentionShape shape, VectorSums sums) {
    this.shape = shape;
    this.sums = sums;
    this.scores = new float[shape.maxContext()];
  }

  void run(KvLayer kv, int[] table, int context, int kvHead, Panel q, Panel out, int row) {
    int dim = shape.headDim();
    int inCell = kvHead * dim;
    int queries = shape.queriesPerKvHead();
    for (int h = kvHead * queries; h < (kvHead + 1) * queries; h++) {
      score(kv.keys(), table, context, inCell, q.data, q.at(row) + h * dim);
      VectorSums.exponentials(scores, 0, context, largest(context), scores);
      sums.clear();
      sums.add(scores, context);
      float inverse = 1 / sums.total();
      int at = out.at(row) + h * dim;
      int d = 0;
      for (; d + 2 * COUNT <= dim; d += 2 * COUNT) {
        sumTwoVectors(kv.values(), table, context, inCell + d, inverse, out.data, at + d);
      }
      if (d + COUNT <= dim) {
        sumVector(kv.values(), table, context, inCell + d, inverse, out.data, at + d);
        d += COUNT;
      }
      for (; d < dim; d++) {
        out.data[at + d] = sumElement(kv.values(), table, context, inCell + d) * inverse;
      }
    }
  }

  private void score(KvPlane keys, int[] table, int context, int inCell, float[] q, int qAt) {
    float scale = shape.scale();
    for (int p = 0; p < context; p++) {
      int entry = table[p];
      float[] source = keys.source(entry);
      scores[p] = sums.dot(q, qAt, source, keys.at(entry) + inCell, shape.headDim()) * scale;
    }
  }

  private float largest(int context) {
    float max = Float.NEGATIVE_INFINITY;
    for (int p = 0; p < context; p++) {
      max = Math.max(max, scores[p]);
    }
    return max;
  }

  /** Σ scores[p] · value, times {@code inverse}, for two vectors of a cell's elements. */
  private void sumTwoVectors(
      KvPlane values, int[] table, int context, int inCell, float inverse, float[] to, int at) {
    FloatVector left = FloatVector.zero(FLOATS);
    FloatVector right = left;
    for (int p = 0; p < context; p++) {
      int entry = table[p];
      float[] source = values.source(entry);
      int from = values.at(entry) + inCell;
      FloatVector weight = FloatVector.broadcast(FLOATS, scores[p]);
      left = FloatVector.fromArray(FLOATS, source, from).fma(weight, left);
      right = FloatVector.fromArray(FLOATS, source, from + COUNT).fma(weight, right);
    }
    left.mul(inverse).intoArray(to, at);
    right.mul(inverse).intoArray(to, at + COUNT);
  }

  private void sumVector(
      KvPlane values, int[] table, int context, int inCell, float inverse, float[] to, int at) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int p = 0; p < context; p++) {
      int entry = table[p];
      FloatVector weight = FloatVector.broadcast(FLOATS, scores[p]);
      sum =
          FloatVector.fromArray(FLOATS, values.source(entry), values.at(entry) + inCell)
              .fma(weight, sum);
    }
    sum.mul(inverse).intoArray(to, at);
  }

  private float sumElement(KvPlane values, int[] table, int context, int inCell) {
    float sum = 0;
    for (int p = 0; p < context; p++) {
      int entry = table[p];
      sum = Math.fma(scores[p], values.source(entry)[values.at(entry) + inCell], sum);
    }
    return sum;
  }
}
