package io.hawser.event;

/** The words of the engine for an end (of a connection, of a subflow), as a person reads them. */
public final class EndReason {
  private EndReason() {}

  /** Whether it is an end as it should be: both sides had said that they are done. */
  public static boolean isOrderly(String reason) {
    return reason.isEmpty() || reason.equals("ORDERLY") || reason.equals("NONE");
  }

  /** A sentence's end; empty for an orderly one. What is no word of the engine stays. */
  public static String words(String reason) {
    if (isOrderly(reason)) {
      return "";
    }
    return switch (reason) {
      case "REFUSED" -> "the peer refused it";
      case "RESET" -> "the peer reset it";
      case "TIMED_OUT" -> "no answer in time";
      case "UNREACHABLE" -> "the network is unreachable";
      case "ABORTED" -> "aborted on this side";
      default -> reason;
    };
  }
}
