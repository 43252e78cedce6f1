package io.hawser.testbed;

import java.io.IOException;

/** A testbed that cannot do what was asked: the cause and the remedy. */
public final class TestbedException extends IOException {
  private static final long serialVersionUID = 1;

  public TestbedException(String message) {
    super(message);
  }

  public TestbedException(String message, Throwable cause) {
    super(message, cause);
  }
}
