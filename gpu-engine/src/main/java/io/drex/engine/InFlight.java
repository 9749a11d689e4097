package io.drex.engine;

import io.drex.schedule.Outcome;
import io.drex.schedule.Scheduler;
import io.drex.schedule.Sequence;
import io.drex.schedule.SequenceListener;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The requests that the scheduler works on, each until its completion. Completions lie in an outbox
 * until {@link #deliver}, so that counters are published before anybody can have seen them. Engine
 * thread only.
 */
final class InFlight {
  private final Scheduler scheduler;
  private final Mailbox mailbox;
  private final int segments;
  private final Set<Flight> flights = new LinkedHashSet<>();
  private final ArrayDeque<PendingCompletion> outbox = new ArrayDeque<>();
  private String deviceFault = "";
  private long submitted;
  private long completed;
  private long late;

  InFlight(Scheduler scheduler, Mailbox mailbox, int segments) {
    this.scheduler = scheduler;
    this.mailbox = mailbox;
    this.segments = segments;
  }

  long submitted() {
    return submitted;
  }

  long completed() {
    return completed;
  }

  /** Of those that completed, those that did after their deadline. */
  long late() {
    return late;
  }

  /** Hands a request to the scheduler. */
  void start(PendingCompletion pending) {
    Flight flight = new Flight(pending);
    flights.add(flight);
    submitted++;
    scheduler.add(flight.sequence);
  }

  /** Notes why the sequences of a failed call will restart or fail. */
  void deviceFault(String message) {
    deviceFault = message;
  }

  /** Cancels what a session has in flight. */
  void cancel(EngineSession session) {
    List<Flight> ofSession =
        flights.stream().filter(flight -> flight.pending.session() == session).toList();
    for (Flight flight : ofSession) {
      scheduler.cancel(flight.sequence);
    }
  }

  /** Fails everything, without the scheduler, which may be in doubt. */
  void failAll(String message) {
    for (Flight flight : List.copyOf(flights)) {
      if (!flight.pending.isCompleted()) {
        flight.fail(ErrorCode.ENGINE_FAULT, message);
      }
      flight.end();
    }
  }

  /** Fails a request that did not get as far as to be in flight, if it has no completion yet. */
  void refuse(PendingCompletion pending, String message) {
    if (pending.isCompleted()) {
      return;
    }
    Flight flight = new Flight(pending);
    submitted++;
    flight.fail(ErrorCode.ENGINE_FAULT, message);
    flight.end();
  }

  /** Hands all finished completions to their sessions. */
  void deliver() {
    for (PendingCompletion next; (next = outbox.poll()) != null; ) {
      next.deliver();
    }
  }

  private final class Flight implements SequenceListener {
    private final PendingCompletion pending;
    private final Sequence sequence;
    private final RampLog ramps = new RampLog(segments - 1);
    private boolean isAdmitted;

    Flight(PendingCompletion pending) {
      this.pending = pending;
      sequence =
          new Sequence(
              pending.promptTokens(),
              pending.sampling().sequenceOptions(),
              pending.session().ordinal(),
              this);
      sequence.prioritize(pending.urgency().priority());
      sequence.dueAt(pending.urgency().dueNanos(pending.clock().submittedNanos()));
    }

    @Override
    public void admitted() {
      isAdmitted = true;
      pending.clock().admitted();
      mailbox.release(pending.promptTokens().length);
    }

    @Override
    public void firstToken() {
      pending.clock().firstToken();
    }

    @Override
    public void met(int token, int ramp, float confidence) {
      ramps.add(token, ramp, confidence);
    }

    @Override
    public void finished(Sequence finished) {
      Outcome outcome = Objects.requireNonNull(finished.outcome());
      switch (outcome) {
        case STOP -> succeed(FinishReason.STOP);
        case LENGTH -> succeed(FinishReason.LENGTH);
        case NUMERIC_FAULT ->
            fail(
                ErrorCode.NUMERIC_FAULT,
                "the model's logits were not finite; check its weights and types");
        case DEVICE_FAULT ->
            fail(
                ErrorCode.DEVICE_FAULT,
                "two device calls for this row failed, the last with: " + deviceFault);
        case CANCELLED ->
            fail(ErrorCode.CANCELLED, "the session was closed before the row finished");
      }
      end();
    }

    private void succeed(FinishReason reason) {
      long due = pending.urgency().dueNanos(pending.clock().submittedNanos());
      late += pending.clock().isPast(due) ? 1 : 0;
      pending.succeed(sequence, reason, ramps);
    }

    private void fail(ErrorCode code, String message) {
      pending.fail(code, message, segments);
    }

    private void end() {
      if (!isAdmitted) {
        mailbox.release(pending.promptTokens().length);
      }
      flights.remove(this);
      outbox.add(pending);
      completed++;
    }
  }
}
