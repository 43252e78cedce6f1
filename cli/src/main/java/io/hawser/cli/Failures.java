package io.hawser.cli;

/** How a failure is told to a user: one line with cause and remedy. */
final class Failures {
  private Failures() {}

  static String oneLine(Throwable failure) {
    Throwable cause = failure;
    while (cause.getMessage() == null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    if (message == null || cause instanceof NullPointerException) {
      message = "unexpected " + cause + "; run again with --debug and report what it shows";
    }
    return "hawser: " + message.replace('\n', ' ');
  }
}
