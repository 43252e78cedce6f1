package io.hawser.dashboard;

import io.hawser.event.Event;

/**
 * An event with its place in the page's time.
 *
 * @param number counts up by one a message
 * @param atSeconds seconds since 1970 on the page's axis
 */
record HubMessage(long number, double atSeconds, Event event) {

  /** Whether it is one of many figures of the same kind, rather than a fact of its own. */
  boolean isSample() {
    return isSample(event);
  }

  static boolean isSample(Event event) {
    return switch (event) {
      case Event.LinkSample _,
          Event.SubflowSample _,
          Event.ConnectionSample _,
          Event.TransferSample _,
          Event.MessageDelay _ ->
          true;
      default -> false;
    };
  }
}
