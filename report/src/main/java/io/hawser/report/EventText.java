package io.hawser.report;

import io.hawser.event.EndReason;
import io.hawser.event.Event;

/** A line of the log for an event that is no sample. */
public final class EventText {
  private EventText() {}

  /** The line; a sample's is its kind alone. */
  public static String of(Event event) {
    return switch (event) {
      case Event.ConnectionEstablished it ->
          "connection "
              + it.connection()
              + " established, "
              + (it.multipath() ? "Multipath TCP" : "plain TCP")
              + ", "
              + it.local()
              + " to "
              + it.remote();
      case Event.ConnectionClosed it ->
          "connection " + it.connection() + " closed" + reason(EndReason.words(it.error()));
      case Event.FellBack it ->
          "connection " + it.connection() + " fell back to TCP" + reason(it.reason());
      case Event.SubflowOpening it ->
          subflow(it.subflow()) + " opening, " + it.local() + " to " + it.remote();
      case Event.SubflowEstablished it ->
          subflow(it.subflow())
              + " joined"
              + (it.backup() ? " as backup, " : ", ")
              + it.local()
              + " to "
              + it.remote();
      case Event.SubflowClosed it ->
          subflow(it.subflow()) + " closed" + reason(EndReason.words(it.reason()));
      case Event.PriorityChanged it ->
          subflow(it.subflow())
              + (it.backup() ? " is a backup now" : " is a regular path now")
              + (it.byPeer() ? ", the peer asked" : "");
      case Event.AddressAnnounced it ->
          "the peer announced " + it.address() + " as address " + it.id();
      case Event.AddressRemoved it -> "the peer withdrew address " + it.id();
      case Event.Reinjected it ->
          it.bytes() + " B of subflow " + it.fromSubflow() + " again on " + it.toSubflow();
      case Event.RetransmissionTimeout it ->
          subflow(it.subflow()) + ": retransmission timeout number " + (it.backoff() + 1);
      case Event.PathStale it ->
          subflow(it.subflow()) + (it.stale() ? " answers no more" : " answers again");
      case Event.LinkChanged it -> it.link() + " " + it.change();
      case Event.RunStarted it -> it.scenario() + " with " + it.stack() + " begins";
      case Event.RunEnded it -> "the run is over" + reason(it.error());
      case Event.TransferEnded it -> it.transfer() + ": " + it.bytes() + " B" + reason(it.error());
      case Event.Note it -> it.text();
      default -> event.getClass().getSimpleName();
    };
  }

  private static String subflow(int number) {
    return "subflow " + number;
  }

  private static String reason(String text) {
    return text.isEmpty() ? "" : ": " + text;
  }
}
