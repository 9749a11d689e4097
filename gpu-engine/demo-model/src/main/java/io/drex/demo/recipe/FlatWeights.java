package io.drex.demo.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Where each weight lies in one array of all weights: the matrices first, because they decay, then
 * the norms. Matrices are [inputs][outputs]. The columns of Q, K and V are fused, as are those of
 * gate and up.
 */
public final class FlatWeights {
  private static final double EMBEDDING_STD = .05;
  private static final double MATRIX_STD = .06;

  private final ModelShape shape;
  private final List<Slice> slices = new ArrayList<>();
  private int size;
  private final int matrixSize;

  /** What a slice holds. */
  public enum Kind {
    EMBEDDING,
    QKV,
    O,
    GATE_UP,
    DOWN,
    INPUT_NORM,
    POST_NORM,
    FINAL_NORM
  }

  /**
   * One weight.
   *
   * @param layer 0-based; 0 for those outside of layers
   * @param rows 1 for a norm
   * @param begin index of its first element in the flat array
   */
  public record Slice(Kind kind, int layer, int rows, int columns, int begin) {
    public int elements() {
      return rows * columns;
    }
  }

  /** The slices of a model. */
  public FlatWeights(ModelShape shape) {
    this.shape = shape;
    int hidden = shape.hidden();
    add(Kind.EMBEDDING, 0, shape.vocab(), hidden);
    for (int layer = 0; layer < shape.layers(); layer++) {
      add(Kind.QKV, layer, hidden, hidden + 2 * shape.kvWidth());
      add(Kind.O, layer, hidden, hidden);
      add(Kind.GATE_UP, layer, hidden, 2 * shape.ffn());
      add(Kind.DOWN, layer, shape.ffn(), hidden);
    }
    matrixSize = size;
    for (int layer = 0; layer < shape.layers(); layer++) {
      add(Kind.INPUT_NORM, layer, 1, hidden);
      add(Kind.POST_NORM, layer, 1, hidden);
    }
    add(Kind.FINAL_NORM, 0, 1, hidden);
  }

  public ModelShape shape() {
    return shape;
  }

  /** In the order of the flat array, without gaps. */
  public List<Slice> slices() {
    return List.copyOf(slices);
  }

  /** Elements of the flat array. */
  public int size() {
    return size;
  }

  /** Elements of all matrices, which come first. */
  public int matrixSize() {
    return matrixSize;
  }

  /** The slice of a kind and layer. */
  public Slice slice(Kind kind, int layer) {
    return slices.get(index(kind, layer));
  }

  /** The place of a slice in {@link #slices()}. */
  public int index(Kind kind, int layer) {
    for (int i = 0; i < slices.size(); i++) {
      if (slices.get(i).kind() == kind && slices.get(i).layer() == layer) {
        return i;
      }
    }
    throw new IllegalArgumentException("no " + kind + " of layer " + layer);
  }

  /** Fresh weights: normal, those that write to the residual stream smaller; norms are 1. */
  public float[] initial(RandomGenerator random) {
    float[] weights = new float[size];
    double residual = MATRIX_STD / Math.sqrt(2.0 * shape.layers());
    for (Slice slice : slices) {
      double std =
          switch (slice.kind()) {
            case EMBEDDING -> EMBEDDING_STD;
            case QKV, GATE_UP -> MATRIX_STD;
            case O, DOWN -> residual;
            case INPUT_NORM, POST_NORM, FINAL_NORM -> 0;
          };
      for (int i = slice.begin(); i < slice.begin() + slice.elements(); i++) {
        weights[i] = (float) (std == 0 ? 1 : std * random.nextGaussian());
      }
    }
    return weights;
  }

  private void add(Kind kind, int layer, int rows, int columns) {
    Slice slice = new Slice(kind, layer, rows, columns, size);
    slices.add(slice);
    size = Math.addExact(size, slice.elements());
  }
}
