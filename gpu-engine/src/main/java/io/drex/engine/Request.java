package io.drex.engine;

/**
 * One prompt to complete.
 *
 * @param id the caller's name for it, unique among the requests its session has in flight
 * @param promptTokens token ids; copied by the engine at submit
 * @param sampling how its tokens are chosen
 * @param urgency when it should run
 */
public record Request(long id, int[] promptTokens, SamplingParams sampling, Urgency urgency) {

  /** A request of usual urgency. */
  public Request(long id, int[] promptTokens, SamplingParams sampling) {
    this(id, promptTokens, sampling, Urgency.USUAL);
  }
}
