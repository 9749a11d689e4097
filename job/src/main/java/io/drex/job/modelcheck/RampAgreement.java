package io.drex.job.modelcheck;

import io.drex.model.RampSpec;

/**
 * How often a ramp's token is the full depth's, counted over greedy full-depth decoding. Mutable;
 * used by one thread.
 */
final class RampAgreement {
  private final RampSpec ramp;
  private int tokens;
  private int equal;
  private int passing;
  private int passingAndEqual;

  RampAgreement(RampSpec ramp) {
    this.ramp = ramp;
  }

  void count(float confidence, boolean same) {
    tokens++;
    equal += same ? 1 : 0;
    if (ramp.passes(confidence)) {
      passing++;
      passingAndEqual += same ? 1 : 0;
    }
  }

  RampSpec ramp() {
    return ramp;
  }

  /** Share of tokens where the ramp names the full depth's token; 0 without tokens. */
  double agreement() {
    return share(equal, tokens);
  }

  /** Share of tokens whose confidence passes the threshold. */
  double passingShare() {
    return share(passing, tokens);
  }

  /** Agreement among the tokens that pass; 1 if none does, because none is wrong then. */
  double passingAgreement() {
    return passing == 0 ? 1 : share(passingAndEqual, passing);
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
