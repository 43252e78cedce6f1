package io.hawser.wire;

/** A device could not be opened or has failed; the message names the cause and the remedy. */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the cause and the remedy in words. */
  public DeviceException(String message) {
    super(message);
  }
}
