package io.drex.golden;

import io.drex.device.ReferenceDecoder;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Computes golden cases in double precision, with none of the engine's code. */
public final class GoldenReference {
  private final LoadedModel model;
  private final ReferenceDecoder fresh;

  public GoldenReference(LoadedModel model) {
    this.model = model;
    this.fresh = new ReferenceDecoder(model);
  }

  /** The case of a prompt; nothing if one of its decisions is too near to call. */
  public Optional<GoldenCase> compute(long index, String article, int[] prompt) {
    ReferenceDecoder decoder = fresh.copy();
    for (int position = 0; position < prompt.length - 1; position++) {
      decoder.accept(prompt[position]);
      decoder.runTo(model.spec().layers());
    }
    decoder.accept(prompt[prompt.length - 1]);
    List<GoldenReading> layers = new ArrayList<>();
    for (int depth = 1; depth <= model.spec().layers(); depth++) {
      decoder.runTo(depth);
      layers.add(GoldenReading.of(decoder.logits(), ConfidenceMetric.MAX_PROB));
    }
    Map<GoldenRamps, GoldenCompletion> completions = new EnumMap<>(GoldenRamps.class);
    for (GoldenRamps ramps : GoldenRamps.values()) {
      new GoldenDecoder(decoder, model, ramps)
          .complete()
          .ifPresent(completion -> completions.put(ramps, completion));
    }
    boolean near = layers.stream().anyMatch(GoldenReading::isNearlyATie);
    return near || completions.size() < GoldenRamps.values().length
        ? Optional.empty()
        : Optional.of(new GoldenCase(index, article, prompt, layers, completions));
  }
}
