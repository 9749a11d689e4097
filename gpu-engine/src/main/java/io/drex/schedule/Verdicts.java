package io.drex.schedule;

import io.drex.device.HeadReadings;
import io.drex.model.RampSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.RampRows;
import io.drex.policy.StepTimes;
import io.drex.policy.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the rows of a call that meet a ramp. The policy decides on all of them at once;
 * then they are asked for one by one, in the same order. Owned by the scheduler's thread.
 *
 * <p>Left out of the decision are rows whose logits are not finite, which end, and rows whose token
 * is final already, which go on.
 */
final class Verdicts {
  private final ExitPolicy policy;
  private final RampSpec[] ramps; // [segment], the ramp after it
  private final RampRows met;
  private int next; // of the rows met, to be asked for

  Verdicts(ExitPolicy policy, RampSpec[] ramps, Limits limits, StepTimes times) {
    this.policy = policy;
    this.ramps = ramps;
    met = new RampRows(limits.slots(), policy.batchRows(limits.slots()), times);
  }

  /**
   * Decides on the decode rows of a call of this segment.
   *
   * @param firstHead of those rows
   */
  void decide(int segment, SequenceQueue rows, HeadReadings out, int firstHead) {
    met.clear(segment, ramps[segment].metric());
    int head = firstHead;
    for (@Nullable Sequence s = rows.peek(); s != null; s = s.next) {
      if (out.token[head] != HeadReadings.NOT_FINITE) {
        float confidence = out.confidence[head];
        s.listener.met(s.tokenCount() - (s.isReleased ? 1 : 0), segment, confidence);
        if (!s.isReleased) {
          met.add(confidence, s.ramps()[segment].threshold());
        }
      }
      head++;
    }
    next = 0;
    if (met.count() > 0) {
      policy.decide(met);
    }
  }

  /** The next row's verdict; counts it if it goes against the row's own confidence. */
  Verdict next(Sequence s, int token) {
    if (token == HeadReadings.NOT_FINITE) {
      return Verdict.EXIT;
    }
    if (s.isReleased) {
      return Verdict.GO_ON;
    }
    int row = next++;
    Verdict verdict = met.verdict(row);
    if (s.isPending() && verdict == Verdict.EXIT) {
      verdict = Verdict.BUFFER; // the pending token has to run its deeper segments beside this row
    }
    boolean confident = met.isConfident(row);
    switch (verdict) {
      case EXIT, RELEASE -> s.involuntaryExits += confident ? 0 : 1;
      case BUFFER, GO_ON -> {
        if (confident) {
          s.stayInvoluntarily();
        }
      }
    }
    return verdict;
  }
}
