package io.drex.device;

/** The device cannot be used any more; every sequence on it is lost. */
public final class DeviceLostException extends DeviceException {
  private static final long serialVersionUID = 1;

  public DeviceLostException(String message) {
    super(message);
  }

  public DeviceLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
