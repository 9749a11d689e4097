package io.drex.golden;

import io.drex.model.ConfidenceMetric;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.util.List;
import java.util.stream.IntStream;

/** The ramps under which a golden has completions. */
public enum GoldenRamps {
  /** The model's own, all off. */
  OFF {
    @Override
    List<RampSpec> ramps(ModelSpec spec) {
      return spec.ramps().stream().map(ramp -> ramp.withThreshold(RampSpec.OFF)).toList();
    }
  },

  /** The model's own. */
  SHIPPED {
    @Override
    List<RampSpec> ramps(ModelSpec spec) {
      return spec.ramps();
    }
  },

  /** At the depths of the model's own, thresholds that many wrong tokens pass. */
  LOOSE {
    @Override
    List<RampSpec> ramps(ModelSpec spec) {
      return spec.ramps().stream()
          .map(ramp -> new RampSpec(ramp.depth(), ConfidenceMetric.MARGIN, .3f))
          .toList();
    }
  },

  /** One after each layer but the last. */
  EVERY_LAYER {
    @Override
    List<RampSpec> ramps(ModelSpec spec) {
      return IntStream.range(1, spec.layers())
          .mapToObj(depth -> new RampSpec(depth, ConfidenceMetric.MAX_PROB, .98f))
          .toList();
    }
  };

  abstract List<RampSpec> ramps(ModelSpec spec);

  /** The model with these ramps. */
  public ModelSpec of(ModelSpec spec) {
    return spec.withRamps(ramps(spec));
  }
}
