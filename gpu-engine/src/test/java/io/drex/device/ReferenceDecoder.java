package io.drex.device;

import io.drex.model.DType;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampHead;
import io.drex.model.RampSpec;
import io.drex.model.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One sequence in double precision, written as plainly as the formulas. */
public final class ReferenceDecoder {

  /** Which values a backend rounds, and so this decoder. */
  public enum Rounding {
    /** K and V, where the model keeps them in bf16. */
    KV,
    /** K and V, weights of linear layers and what goes into these, all to bf16. */
    LINEAR
  }

  private final LoadedModel model;
  private final KvFill kvFill;
  private final Rounding rounding;
  private final DType kvType;
  private final ModelSpec spec;
  private final Map<String, double[]> weights = new HashMap<>();
  private final List<List<double[]>> keys = new ArrayList<>(); // [layer][position]
  private final List<List<double[]>> values = new ArrayList<>(); // [layer][position]
  private double[] hidden = new double[0];
  private int position = -1;
  private int depth;

  /** Layers that a position skips take over the K and V of the last layer that it ran. */
  public ReferenceDecoder(LoadedModel model) {
    this(model, KvFill.MAP, Rounding.KV);
  }

  public ReferenceDecoder(LoadedModel model, KvFill kvFill, Rounding rounding) {
    this(model, kvFill, rounding, model.kvType());
  }

  ReferenceDecoder(LoadedModel model, KvFill kvFill, Rounding rounding, DType kvType) {
    this.model = model;
    this.kvFill = kvFill;
    this.rounding = rounding;
    this.kvType = kvType;
    this.spec = model.spec();
    for (int i = 0; i < spec.layers(); i++) {
      keys.add(new ArrayList<>());
      values.add(new ArrayList<>());
    }
  }

  private ReferenceDecoder(ReferenceDecoder other) {
    this(other.model, other.kvFill, other.rounding, other.kvType);
    weights.putAll(other.weights);
    for (int i = 0; i < spec.layers(); i++) {
      keys.get(i).addAll(other.keys.get(i));
      values.get(i).addAll(other.values.get(i));
    }
    hidden = other.hidden.clone();
    position = other.position;
    depth = other.depth;
  }

  /** A decoder that stands where this one stands and goes on by itself. */
  public ReferenceDecoder copy() {
    return new ReferenceDecoder(this);
  }

  /** Starts the next position, after layers that the last one skipped got its K and V. */
  public void accept(int token) {
    if (position >= 0) {
      fillSkipped();
    }
    position++;
    depth = 0;
    int n = spec.hiddenSize();
    hidden = new double[n];
    System.arraycopy(matrix(spec.family().embedding()), token * n, hidden, 0, n);
  }

  private void fillSkipped() {
    switch (kvFill) {
      case MAP, COPY -> {
        for (int layer = depth; layer < spec.layers(); layer++) {
          keys.get(layer).add(keys.get(depth - 1).get(position));
          values.get(layer).add(values.get(depth - 1).get(position));
        }
      }
      case PROPAGATE -> {
        for (int layer = depth; layer < spec.layers(); layer++) {
          projectKv(layer, input(norm(hidden, weight(layer, LayerTensor.INPUT_NORM))));
        }
      }
      case RECOMPUTE -> runTo(spec.layers());
    }
  }

  /** Runs layers until the position has run {@code newDepth}. */
  public void runTo(int newDepth) {
    for (; depth < newDepth; depth++) {
      attention(depth);
      feedForward(depth);
    }
  }

  /** The hidden state as it stands, a copy. */
  public double[] hidden() {
    return hidden.clone();
  }

  /**
   * What the head of the ramp at this depth says of the state as it stands; else the shared one.
   */
  public double[] logits() {
    for (RampSpec ramp : spec.ramps()) {
      if (ramp.depth() == depth && ramp.head() instanceof RampHead.Own own) {
        return ReferenceHead.logits(model, own, hidden, rounding);
      }
    }
    double[] normed = norm(hidden, weight(spec.family().finalNorm()));
    String head = spec.tiedHead() ? spec.family().embedding() : spec.family().lmHead();
    return multiply(matrix(head), input(normed));
  }

  private void attention(int layer) {
    double[] x = input(norm(hidden, weight(layer, LayerTensor.INPUT_NORM)));
    double[] q = project(layer, LayerTensor.Q, LayerTensor.Q_BIAS, x);
    normHeads(layer, LayerTensor.Q_NORM, q);
    rotate(q);
    projectKv(layer, x);
    double[] out = new double[q.length];
    int dim = spec.headDim();
    for (int head = 0; head < spec.heads(); head++) {
      int kv = head / (spec.heads() / spec.kvHeads()) * dim;
      double[] probability = new double[position + 1];
      for (int p = 0; p <= position; p++) {
        for (int d = 0; d < dim; d++) {
          probability[p] += q[head * dim + d] * keys.get(layer).get(p)[kv + d] / Math.sqrt(dim);
        }
      }
      softmax(probability);
      for (int p = 0; p <= position; p++) {
        for (int d = 0; d < dim; d++) {
          out[head * dim + d] += probability[p] * values.get(layer).get(p)[kv + d];
        }
      }
    }
    add(multiply(matrix(layer, LayerTensor.O), input(out)));
  }

  private void projectKv(int layer, double[] x) {
    double[] k = project(layer, LayerTensor.K, LayerTensor.K_BIAS, x);
    normHeads(layer, LayerTensor.K_NORM, k);
    rotate(k);
    keys.get(layer).add(rounded(k));
    values.get(layer).add(rounded(project(layer, LayerTensor.V, LayerTensor.V_BIAS, x)));
  }

  /** K or V as the cache keeps it. */
  private double[] rounded(double[] x) {
    return kvType == DType.BF16 ? toBf16(x) : input(x);
  }

  /** What goes into a linear layer. */
  private double[] input(double[] x) {
    return input(x, rounding);
  }

  static double[] input(double[] x, Rounding rounding) {
    return rounding == Rounding.LINEAR ? toBf16(x) : x;
  }

  /** Rounds in place. */
  private static double[] toBf16(double[] x) {
    for (int i = 0; i < x.length; i++) {
      double ulp = Math.scalb(1.0, Math.getExponent(x[i]) - 7); // of the 8 bits of bf16
      x[i] = Math.rint(x[i] / ulp) * ulp;
    }
    return x;
  }

  private double[] project(int layer, LayerTensor weights, LayerTensor bias, double[] x) {
    double[] y = multiply(matrix(layer, weights), x);
    if (spec.family().has(bias)) {
      double[] addend = weight(layer, bias);
      for (int i = 0; i < y.length; i++) {
        y[i] += addend[i];
      }
    }
    return y;
  }

  private void normHeads(int layer, LayerTensor tensor, double[] heads) {
    int dim = spec.headDim();
    for (int at = 0; spec.family().has(tensor) && at < heads.length; at += dim) {
      double[] head = Arrays.copyOfRange(heads, at, at + dim);
      System.arraycopy(norm(head, weight(layer, tensor)), 0, heads, at, dim);
    }
  }

  private void feedForward(int layer) {
    double[] x = input(norm(hidden, weight(layer, LayerTensor.POST_NORM)));
    double[] gate = multiply(matrix(layer, LayerTensor.GATE), x);
    double[] up = multiply(matrix(layer, LayerTensor.UP), x);
    for (int i = 0; i < gate.length; i++) {
      gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
    }
    add(multiply(matrix(layer, LayerTensor.DOWN), input(gate)));
  }

  private void add(double[] update) {
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] += update[i];
    }
  }

  private void rotate(double[] heads) {
    int half = spec.headDim() / 2;
    for (int at = 0; at < heads.length; at += spec.headDim()) {
      for (int i = 0; i < half; i++) {
        double plain = Math.pow(spec.rope().theta(), -2.0 * i / spec.headDim());
        double angle = position * ReferenceRope.scaled(plain, spec.rope().scaling());
        double a = heads[at + i];
        double b = heads[at + i + half];
        heads[at + i] = a * Math.cos(angle) - b * Math.sin(angle);
        heads[at + i + half] = b * Math.cos(angle) + a * Math.sin(angle);
      }
    }
  }

  private double[] norm(double[] x, double[] weight) {
    return norm(x, weight, spec.rmsNormEps());
  }

  static double[] norm(double[] x, double[] weight, double eps) {
    double squares = 0;
    for (double v : x) {
      squares += v * v;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / Math.sqrt(squares / x.length + eps) * weight[i];
    }
    return y;
  }

  static double[] multiply(double[] w, double[] x) {
    double[] y = new double[w.length / x.length];
    for (int n = 0; n < y.length; n++) {
      for (int k = 0; k < x.length; k++) {
        y[n] += w[n * x.length + k] * x[k];
      }
    }
    return y;
  }

  /** Turns scores into probabilities, in place. */
  public static void softmax(double[] scores) {
    double max = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      max = Math.max(max, score);
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Math.exp(scores[i] - max);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  private double[] matrix(int layer, LayerTensor tensor) {
    return matrix(spec.family().layer(layer, tensor));
  }

  private double[] matrix(String name) {
    return weights.computeIfAbsent(name, n -> input(read(model.tensor(n))));
  }

  private double[] weight(int layer, LayerTensor tensor) {
    return weight(spec.family().layer(layer, tensor));
  }

  private double[] weight(String name) {
    return weights.computeIfAbsent(name, n -> read(model.tensor(n)));
  }

  static double[] read(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (tensor.dtype()) {
            case F32 -> tensor.data().getFloat(i * Float.BYTES);
            case BF16 -> Float.intBitsToFloat(tensor.data().getShort(i * Short.BYTES) << 16);
          };
    }
    return values;
  }
}
