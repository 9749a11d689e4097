package io.drex.engine;

/**
 * A row's failure, as the output column tells it.
 *
 * @param message what happened and with which sizes; never prompt text
 */
public record RowError(ErrorCode code, String message) {}
