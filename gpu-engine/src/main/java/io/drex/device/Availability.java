package io.drex.device;

/** Whether a backend can run here. */
public sealed interface Availability {

  /**
   * @param description what would run, for the log: kernels, lanes, device name
   */
  record Available(String description) implements Availability {}

  /**
   * @param reason what is missing
   * @param remedy what the user can do about it
   */
  record Unavailable(String reason, String remedy) implements Availability {}
}
