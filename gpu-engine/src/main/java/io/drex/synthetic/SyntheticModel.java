package io.drex.synthetic;

import io.drex.model.ConfidenceMetric;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.ModelException;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.model.Tensor;
import io.drex.model.WeightShapes;
import io.drex.policy.ModelShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A Llama decoder of a known shape with random bf16 weights, named {@code synthetic:<shape>}, such
 * as {@code synthetic:tinyllama-1.1b}. It takes the time of a real model of its shape and says
 * nothing: it has no tokenizer and no stop tokens. Ramps lie at a quarter and a half of its depth.
 * {@code synthetic:llama-2-70b/alias=8} has all layers of its shape, and layer k the weights of
 * layer k mod 8, which are held once. Equal names are equal models, everywhere.
 */
public final class SyntheticModel {
  /** Changes whenever the weights of a name do. */
  private static final String VERSION = "1";

  private static final int MAX_POSITIONS = 4096;
  private static final float NORM_EPS = 1e-5f;
  private static final double ROPE_THETA = 10_000;
  private static final float THRESHOLD = .9f;

  private SyntheticModel() {}

  /** Whether a model name means a synthetic model. */
  public static boolean isSynthetic(String name) {
    return SyntheticName.isSynthetic(name);
  }

  /**
   * The name of a synthetic model's shape.
   *
   * @throws ModelException if there is no such model; the message lists the known shapes, or says
   *     what an alias may be
   */
  public static String shapeName(String name) {
    return SyntheticName.parse(name).shape().name();
  }

  /**
   * A model of this name. Its weights are made by the backend that opens it, or for it then.
   *
   * @throws ModelException if there is no such model; the message lists the known shapes, or says
   *     what an alias may be
   */
  public static LoadedModel load(String name) {
    return of(SyntheticName.parse(name));
  }

  /** A model of any shape whose layers have weights of their own. */
  static LoadedModel of(ModelShape shape) {
    return of(SyntheticName.of(shape));
  }

  private static LoadedModel of(SyntheticName name) {
    ModelSpec spec = spec(name.shape());
    Map<String, List<Long>> shapes = WeightShapes.of(spec);
    long largest =
        shapes.values().stream()
            .mapToLong(sizes -> sizes.stream().reduce(1L, Math::multiplyExact))
            .max()
            .orElse(0);
    RandomWeights weights = RandomWeights.forLargest(largest);
    Map<String, Tensor> tensors = new HashMap<>();
    shapes.forEach((tensor, sizes) -> tensors.put(tensor, weights.next(tensor, sizes)));
    alias(spec, name.ownLayers(), tensors);
    return new LoadedModel(spec, Set.of(), name.text() + "-" + VERSION, tensors);
  }

  private static void alias(ModelSpec spec, int ownLayers, Map<String, Tensor> tensors) {
    for (int layer = ownLayers; layer < spec.layers(); layer++) {
      for (LayerTensor tensor : LayerTensor.values()) {
        if (spec.family().has(tensor)) {
          String own = spec.family().layer(layer % ownLayers, tensor);
          Tensor shared = Objects.requireNonNull(tensors.get(own));
          tensors.put(spec.family().layer(layer, tensor), shared);
        }
      }
    }
  }

  private static ModelSpec spec(ModelShape shape) {
    return new ModelSpec(
        ModelFamily.LLAMA,
        shape.layers(),
        shape.hidden(),
        shape.ffn(),
        shape.heads(),
        shape.kvHeads(),
        shape.headDim(),
        shape.vocab(),
        MAX_POSITIONS,
        NORM_EPS,
        ROPE_THETA,
        false,
        List.of(ramp(shape.layers() / 4), ramp(shape.layers() / 2)));
  }

  private static RampSpec ramp(int depth) {
    return new RampSpec(depth, ConfidenceMetric.MARGIN, THRESHOLD);
  }
}
