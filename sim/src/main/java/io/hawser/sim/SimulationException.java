package io.hawser.sim;

/** A simulation did not come to its end within its bounds; the message says where it stood. */
public final class SimulationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SimulationException(String message) {
    super(message);
  }
}
