package io.drex.engine;

import io.drex.device.SequenceKey;
import io.drex.schedule.Sequence;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One submitted request until its completion is delivered; it can be completed once only. */
final class PendingCompletion {
  private final EngineSession session;
  private final long id;
  private final int[] promptTokens; // a copy; [position]
  private final SamplingParams sampling;
  private final Urgency urgency;
  private final RequestClock clock;
  private @Nullable Completion completion;

  PendingCompletion(EngineSession session, Request request, EngineClock engineClock) {
    this.session = session;
    id = request.id();
    promptTokens = request.promptTokens().clone();
    sampling = request.sampling();
    urgency = request.urgency();
    clock = new RequestClock(engineClock);
  }

  EngineSession session() {
    return session;
  }

  int[] promptTokens() {
    return promptTokens;
  }

  SamplingParams sampling() {
    return sampling;
  }

  Urgency urgency() {
    return urgency;
  }

  RequestClock clock() {
    return clock;
  }

  /** Completes it with a sequence's tokens. */
  void succeed(Sequence sequence, FinishReason reason, RampLog ramps) {
    int[] tokens = sequence.tokens();
    long key = SequenceKey.of(promptTokens, sampling.seed());
    ExitStats exits =
        new ExitStats(
            sequence.exitsBySegment(),
            sequence.involuntaryExits(),
            sequence.involuntaryStays(),
            sequence.bufferedSteps());
    complete(
        new Completion(
            id,
            reason,
            promptTokens.length,
            tokens,
            sequence.depths(),
            sequence.confidences(),
            sequence.logProbs(),
            new RampTrace(key, ramps.confidences(tokens.length)),
            exits,
            clock.read(),
            null));
  }

  /** Completes it with an error and no tokens. */
  void fail(ErrorCode code, String message, int segments) {
    complete(
        new Completion(
            id,
            FinishReason.ERROR,
            promptTokens.length,
            new int[0],
            new short[0],
            new float[0],
            new float[0],
            new RampTrace(SequenceKey.EMPTY, new float[0]),
            new ExitStats(new int[segments], 0, 0, 0),
            clock.read(),
            new RowError(code, message)));
  }

  boolean isCompleted() {
    return completion != null;
  }

  /** Hands the completion to the session. */
  void deliver() {
    session.deliver(Objects.requireNonNull(completion));
  }

  private void complete(Completion outcome) {
    if (completion != null) {
      throw new IllegalStateException("request " + id + " was completed twice");
    }
    completion = outcome;
  }
}
