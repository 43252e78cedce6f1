package io.hawser.core;

/** The port is taken on that address. */
public final class AddressInUseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AddressInUseException(String message) {
    super(message);
  }
}
