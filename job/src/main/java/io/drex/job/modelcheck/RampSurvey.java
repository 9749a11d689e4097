package io.drex.job.modelcheck;

import io.drex.device.KvFill;
import io.drex.engine.ExitTally;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.util.BitSet;
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
  private final KvFill kvFill;
  private final BitSet pending = new BitSet(); // sequences whose last token left and pends

  /**
   * @param spec with ramps that are on
   * @param kvFill how layers that an exited token skips would get their K and V
   */
  RampSurvey(ModelSpec spec, KvFill kvFill) {
    this.spec = spec;
    this.kvFill = kvFill;
    ramps = spec.ramps().stream().map(RampAgreement::new).toList();
    exits = new ExitTally(spec, kvFill);
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
    if (pending.get(token.sequence())) {
      depth = spec.layers();
    }
    pending.set(token.sequence(), depth < spec.layers() && kvFill.maxPending() > 0);
    exits.addDecoded(depth, token.context());
    exits.addFilling(depth, token.context());
  }

  /** By depth. */
  List<RampAgreement> ramps() {
    return ramps;
  }

  /** Where tokens would leave if exits changed no later token, and every sequence went on. */
  ExitTally exits() {
    return exits;
  }
}
