package io.drex.engine;

import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model without weights, for devices that read none: 8 layers, 100 tokens, 0 is a stop token. */
final class TinyModel {
  static final int VOCABULARY = 100;

  private TinyModel() {}

  static LoadedModel withRamps(RampSpec... ramps) {
    ModelSpec spec =
        new ModelSpec(
            ModelFamily.LLAMA,
            8,
            16,
            32,
            4,
            2,
            4,
            VOCABULARY,
            512,
            1e-5f,
            10_000,
            true,
            List.of(ramps));
    return new LoadedModel(spec, Set.of(0), "tiny", Map.of());
  }

  static LoadedModel withTwoRamps() {
    return withRamps(ramp(2, .5f), ramp(5, .3f));
  }

  static RampSpec ramp(int depth, float threshold) {
    return new RampSpec(depth, ConfidenceMetric.MAX_PROB, threshold);
  }
}
