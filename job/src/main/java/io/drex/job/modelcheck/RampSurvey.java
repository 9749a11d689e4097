package io.drex.job.modelcheck;

import io.drex.model.ExitTally;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a model's ramps said along full-depth decodings, and where tokens would have left. Mutable;
 * used by one thread.
 */
final class RampSurvey implements Consumer<TokenReading> {
  private final ModelSpec spec;
  private final List<RampAgreement> ramps;
  private final ExitTally exits;

  /**
   * @param spec with ramps that are on
   */
  RampSurvey(ModelSpec spec) {
    this.spec = spec;
    ramps = spec.ramps().stream().map(RampAgreement::new).toList();
    exits = new ExitTally(spec);
  }

  /** Counts the first token of a sequence, of which ramps say nothing. */
  void addFirst(int promptTokens) {
    exits.addFirst(promptTokens);
  }

  @Override
  public void accept(TokenReading token) {
    int depth = spec.layers();
    for (int i = ramps.size() - 1; i >= 0; i--) {
      RampSpec ramp = spec.ramps().get(i);
      float confidence = token.confidences()[i];
      ramps.get(i).count(confidence, token.agrees(i));
      depth = ramp.passes(confidence) ? ramp.depth() : depth;
    }
    exits.addDecoded(depth, token.context());
  }

  /** By depth. */
  List<RampAgreement> ramps() {
    return ramps;
  }

  /** Where tokens would leave if exits changed no later token. */
  ExitTally exits() {
    return exits;
  }
}
