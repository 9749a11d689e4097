package io.drex.synthetic;

import io.drex.model.ConfidenceMetric;
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
import java.util.Set;

/**
 * A Llama decoder of a known shape with random bf16 weights, named {@code synthetic:<shape>}, such
 * as {@code synthetic:tinyllama-1.1b}. It takes the time of a real model of its shape and says
 * nothing: it has no tokenizer and no stop tokens. Ramps lie at a quarter and a half of its depth.
 * Equal names are equal models, everywhere.
 */
public final class SyntheticModel {
  private static final String PREFIX = "synthetic:";

  /** Changes whenever the weights of a name do. */
  private static final String VERSION = "1";

  private static final int MAX_POSITIONS = 4096;
  private static final float NORM_EPS = 1e-5f;
  private static final double ROPE_THETA = 10_000;
  private static final float THRESHOLD = .9f;

  /** For tests of what measures models. */
  private static final ModelShape TINY = new ModelShape("tiny", 4, 64, 160, 4, 2, 16, 300);

  private SyntheticModel() {}

  /** Whether a model name means a synthetic model. */
  public static boolean isSynthetic(String name) {
    return name.startsWith(PREFIX);
  }

  /**
   * The name of a synthetic model's shape.
   *
   * @throws ModelException if there is no such shape; the message lists the known
   */
  public static String shapeName(String name) {
    return shape(name).name();
  }

  /**
   * The shape of a synthetic model.
   *
   * @throws ModelException if there is no such shape; the message lists the known
   */
  static ModelShape shape(String name) {
    String shape = isSynthetic(name) ? name.substring(PREFIX.length()) : "";
    if (shape.equals(TINY.name())) {
      return TINY;
    }
    return ModelShape.named(shape)
        .orElseThrow(
            () ->
                new ModelException(
                    "no synthetic model '%s'; known shapes: %s, %s"
                        .formatted(name, ModelShape.names(), TINY.name())));
  }

  /**
   * Makes a model. Until a backend has packed it, it takes the memory of its largest tensor.
   *
   * @throws ModelException if there is no such shape; the message lists the known
   */
  public static LoadedModel load(String name) {
    return of(shape(name));
  }

  /** A model of any shape whose largest tensor fits in one array. */
  static LoadedModel of(ModelShape shape) {
    ModelSpec spec = spec(shape);
    Map<String, List<Long>> shapes = WeightShapes.of(spec);
    long largest =
        shapes.values().stream()
            .mapToLong(sizes -> sizes.stream().reduce(1L, Math::multiplyExact))
            .max()
            .orElse(0);
    RandomWeights weights = RandomWeights.forLargest(largest);
    Map<String, Tensor> tensors = new HashMap<>();
    shapes.forEach((tensor, sizes) -> tensors.put(tensor, weights.next(tensor, sizes)));
    return new LoadedModel(spec, Set.of(), PREFIX + shape.name() + "-" + VERSION, tensors);
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
