package io.drex.engine;

/**
 * One prompt to complete.
 *
 * @param id the caller's name for it, unique among the requests its session has in flight
 * @param promptTokens token ids; copied by the engine at submit
 */
public record Request(long id, int[] promptTokens, SamplingParams sampling) {}
