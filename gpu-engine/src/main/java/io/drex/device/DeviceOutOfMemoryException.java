package io.drex.device;

/**
 * A device call found too little memory for its rows; the device still works, and a call of fewer
 * rows may go through.
 */
public final class DeviceOutOfMemoryException extends DeviceException {
  private static final long serialVersionUID = 1;

  public DeviceOutOfMemoryException(String message) {
    super(message);
  }

  public DeviceOutOfMemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
