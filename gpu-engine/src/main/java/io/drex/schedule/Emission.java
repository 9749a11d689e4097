package io.drex.schedule;

import io.drex.device.HeadReadings;
import java.util.BitSet;
import java.util.Set;

/** Makes tokens of what heads read. Owned by the scheduler's thread. */
final class Emission {
  private final BitSet stopTokens = new BitSet();
  private final Counters counters;
  private final Endings endings;

  /**
   * @param stopTokens ids that end a sequence
   */
  Emission(Set<Integer> stopTokens, Counters counters, Endings endings) {
    stopTokens.forEach(this.stopTokens::set);
    this.counters = counters;
    this.endings = endings;
  }

  /**
   * Appends the token that a head read to a sequence that is in no queue, which may end it.
   *
   * @param segment that the head comes after
   * @param depth layers that the token's row runs
   * @return whether the sequence goes on
   */
  boolean emit(Sequence s, HeadReadings out, int head, int segment, int depth) {
    int token = out.token[head];
    if (token == HeadReadings.NOT_FINITE) {
      endings.end(s, Outcome.NUMERIC_FAULT);
      return false;
    }
    s.append(token, out.confidence[head], out.logProb[head], depth);
    s.exitsBySegment[segment]++;
    counters.tokens++;
    s.listener.token();
    if (s.tokenCount() == 1) {
      s.listener.firstToken();
    } else {
      counters.decodeTokens++;
    }
    if (stopTokens.get(token) || s.stops()) {
      endings.end(s, Outcome.STOP);
    } else if (s.isFull()) {
      endings.end(s, Outcome.LENGTH);
    } else {
      return true;
    }
    return false;
  }
}
