package io.drex.golden;

import io.drex.device.ReferenceDecoder;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Completes one prompt under one set of ramps, as {@link GoldenCompletion} says. */
final class GoldenDecoder {
  private final ReferenceDecoder decoder;
  private final ModelSpec spec;
  private final Set<Integer> stopTokens;
  private final List<Integer> ids = new ArrayList<>();
  private final List<Integer> depths = new ArrayList<>();
  private final List<Double> confidences = new ArrayList<>();
  private boolean tooNearToCall;

  /**
   * @param afterPrompt has run the prompt at full depth; is left as it is
   */
  GoldenDecoder(ReferenceDecoder afterPrompt, LoadedModel model, GoldenRamps ramps) {
    decoder = afterPrompt.copy();
    spec = ramps.of(model.spec());
    stopTokens = model.stopTokens();
  }

  /** The completion; nothing if single precision might decide otherwise on the way. */
  Optional<GoldenCompletion> complete() {
    emit(spec.layers(), read(spec.fullDepthMetric()));
    while (!tooNearToCall && !isComplete()) {
      decoder.accept(ids.get(ids.size() - 1));
      decodeToken();
    }
    return tooNearToCall
        ? Optional.empty()
        : Optional.of(
            new GoldenCompletion(
                ids.stream().mapToInt(Integer::intValue).toArray(),
                depths.stream().mapToInt(Integer::intValue).toArray(),
                confidences.stream().mapToDouble(Double::doubleValue).toArray()));
  }

  private boolean isComplete() {
    return stopTokens.contains(ids.get(ids.size() - 1))
        || ids.size() == GoldenCompletion.MOST_TOKENS;
  }

  private void decodeToken() {
    for (RampSpec ramp : spec.ramps()) {
      decoder.runTo(ramp.depth());
      GoldenReading reading = read(ramp.metric());
      tooNearToCall |= reading.isNearly(ramp.threshold());
      if (reading.confidence() > ramp.threshold()) {
        emit(ramp.depth(), reading);
        return;
      }
    }
    decoder.runTo(spec.layers());
    emit(spec.layers(), read(spec.fullDepthMetric()));
  }

  private GoldenReading read(ConfidenceMetric metric) {
    return GoldenReading.of(decoder.logits(), metric);
  }

  private void emit(int depth, GoldenReading reading) {
    tooNearToCall |= reading.isNearlyATie();
    ids.add(reading.tokens()[0]);
    depths.add(depth);
    confidences.add(reading.confidence());
  }
}
