package io.drex.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which tensors a model must have, and of which shape. */
public final class WeightShapes {
  // Written by old exporters; recomputed from rope_theta.
  private static final String ROTARY_TABLE = ".rotary_emb.inv_freq";

  private final ModelSpec spec;
  private final Map<String, List<Long>> shapes = new TreeMap<>();

  private WeightShapes(ModelSpec spec) {
    this.spec = spec;
  }

  /** The expected shapes by tensor name, outermost size first. */
  public static Map<String, List<Long>> of(ModelSpec spec) {
    WeightShapes expected = new WeightShapes(spec);
    expected.add();
    return expected.shapes;
  }

  /**
   * The tensors the model needs out of those found; notes each that is missing, of another shape,
   * or that the arithmetic would ignore.
   */
  static Map<String, Tensor> select(ModelSpec spec, Map<String, Tensor> found, Problems problems) {
    Map<String, List<Long>> expected = of(spec);
    Map<String, Tensor> selected = new HashMap<>();
    expected.forEach(
        (name, shape) -> {
          Tensor tensor = found.get(name);
          if (tensor == null) {
            problems.add("weights", name, "missing; expected shape " + shape);
          } else if (!tensor.shape().equals(shape)) {
            problems.add(
                "weights", name, "shape " + tensor.shape() + ", but config.json implies " + shape);
          } else {
            selected.put(name, tensor);
          }
        });
    for (String name : new TreeMap<>(found).keySet()) {
      boolean unused = name.endsWith(ROTARY_TABLE) || name.equals(spec.family().lmHead());
      if (!expected.containsKey(name) && !unused) {
        problems.add(
            "weights", name, "a " + spec.family().modelType() + " model has no such tensor");
      }
    }
    return selected;
  }

  private void add() {
    ModelFamily family = spec.family();
    put(family.embedding(), spec.vocabSize(), spec.hiddenSize());
    put(family.finalNorm(), spec.hiddenSize());
    if (!spec.tiedHead()) {
      put(family.lmHead(), spec.vocabSize(), spec.hiddenSize());
    }
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (LayerTensor tensor : LayerTensor.values()) {
        if (family.has(tensor)) {
          shapes.put(family.layer(layer, tensor), shape(tensor));
        }
      }
    }
  }

  private List<Long> shape(LayerTensor tensor) {
    long hidden = spec.hiddenSize();
    long inner = spec.intermediateSize();
    long queries = (long) spec.heads() * spec.headDim();
    long keys = (long) spec.kvHeads() * spec.headDim();
    return switch (tensor) {
      case INPUT_NORM, POST_NORM -> List.of(hidden);
      case Q -> List.of(queries, hidden);
      case K, V -> List.of(keys, hidden);
      case Q_BIAS -> List.of(queries);
      case K_BIAS, V_BIAS -> List.of(keys);
      case Q_NORM, K_NORM -> List.of((long) spec.headDim());
      case O -> List.of(hidden, queries);
      case GATE, UP -> List.of(inner, hidden);
      case DOWN -> List.of(hidden, inner);
    };
  }

  private void put(String name, long... sizes) {
    shapes.put(name, java.util.Arrays.stream(sizes).boxed().toList());
  }
}
