package io.drex.schedule;

import io.drex.policy.LoadEstimate;

/**
 * Lets sequences end: they give back what they held, and those that came to their own end are
 * learnt from. Owned by the scheduler's thread.
 */
final class Endings {
  private final KvCells kv;
  private final Slots slots;
  private final Admission admission;
  private final LoadEstimate load;

  Endings(KvCells kv, Slots slots, Admission admission, LoadEstimate load) {
    this.kv = kv;
    this.slots = slots;
    this.admission = admission;
    this.load = load;
  }

  /** Ends a sequence that is in no queue any more. */
  void end(Sequence s, Outcome outcome) {
    if (outcome == Outcome.STOP || outcome == Outcome.LENGTH) {
      admission.learn(s);
      load.ended(s.tokenCount());
    }
    if (s.isAdmitted()) {
      kv.release(s);
      slots.give(s.slot);
    }
    s.finish(outcome);
    s.listener.finished(s);
  }
}
