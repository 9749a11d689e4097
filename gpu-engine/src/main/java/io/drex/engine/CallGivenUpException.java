package io.drex.engine;

/**
 * A device call came back after the watchdog had given it up: everything that it served has been
 * completed by then, and its thread must touch nothing but the device any more.
 */
final class CallGivenUpException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CallGivenUpException() {
    super("the device call was given up while it ran");
  }
}
