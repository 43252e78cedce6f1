package io.hawser.dashboard;

import io.hawser.event.EndReason;
import io.hawser.event.Event;
import java.util.Locale;

/** Events as sentences for the log, and how grave each is. */
final class EventText {

  /** How a line of the log is marked. */
  enum Level {
    INFO,
    GOOD,
    WARN,
    BAD;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private EventText() {}

  static Level level(Event event) {
    return switch (event) {
      case Event.SubflowEstablished _, Event.ConnectionEstablished _ -> Level.GOOD;
      case Event.FellBack _, Event.PriorityChanged _, Event.Reinjected _ -> Level.WARN;
      case Event.RetransmissionTimeout _, Event.AddressRemoved _, Event.PlaybackStall _ ->
          Level.WARN;
      case Event.PathStale e -> e.stale() ? Level.BAD : Level.GOOD;
      case Event.SubflowClosed e -> EndReason.isOrderly(e.reason()) ? Level.INFO : Level.BAD;
      case Event.ConnectionClosed e -> EndReason.isOrderly(e.error()) ? Level.INFO : Level.BAD;
      case Event.LinkChanged e -> linkLevel(e);
      case Event.RunEnded e -> e.error().isEmpty() ? Level.GOOD : Level.BAD;
      case Event.TransferEnded e ->
          !e.error().isEmpty() ? Level.BAD : e.verified() ? Level.GOOD : Level.WARN;
      default -> Level.INFO;
    };
  }

  private static Level linkLevel(Event.LinkChanged e) {
    return switch (e.change()) {
      case "up", "add", "restore" -> Level.GOOD;
      default -> e.usable() ? Level.INFO : Level.BAD;
    };
  }

  static String of(Event event) {
    return switch (event) {
      case Event.ConnectionEstablished e ->
          "Connection %d %s, %s to %s"
              .formatted(
                  e.connection(),
                  e.multipath() ? "established with MPTCP" : "established, plain TCP",
                  e.local(),
                  e.remote());
      case Event.ConnectionClosed e ->
          "Connection " + e.connection() + " closed" + because(EndReason.words(e.error()));
      case Event.FellBack e ->
          "Connection " + e.connection() + " fell back to TCP" + because(e.reason());
      case Event.SubflowOpening e ->
          subflow(e.connection(), e.subflow()) + " joins, " + e.local() + " to " + e.remote();
      case Event.SubflowEstablished e ->
          "%s joined%s, %s to %s"
              .formatted(
                  subflow(e.connection(), e.subflow()),
                  e.backup() ? " as backup" : "",
                  e.local(),
                  e.remote());
      case Event.SubflowClosed e ->
          subflow(e.connection(), e.subflow()) + " closed" + because(EndReason.words(e.reason()));
      case Event.PriorityChanged e ->
          "%s is now %s%s"
              .formatted(
                  subflow(e.connection(), e.subflow()),
                  e.backup() ? "a backup" : "regular",
                  e.byPeer() ? ", the peer asked for it" : "");
      case Event.AddressAnnounced e ->
          "The peer announced address %d: %s%s"
              .formatted(e.id(), e.address(), e.port() == 0 ? "" : " port " + e.port());
      case Event.AddressRemoved e -> "The peer withdrew address " + e.id();
      case Event.Reinjected e ->
          "%s of subflow %d sent again on subflow %d"
              .formatted(size(e.bytes()), e.fromSubflow(), e.toSubflow());
      case Event.RetransmissionTimeout e ->
          "%s: retransmission timeout, back-off %d"
              .formatted(subflow(e.connection(), e.subflow()), e.backoff());
      case Event.PathStale e ->
          subflow(e.connection(), e.subflow())
              + (e.stale() ? " gets no answers any more" : " gets answers again");
      default -> trial(event);
    };
  }

  private static String trial(Event event) {
    return switch (event) {
      case Event.RunStarted e ->
          "%s with %s begins%s"
              .formatted(
                  e.title().isEmpty() ? e.scenario() : e.title(),
                  e.stack(),
                  e.repetition() > 1 ? ", repetition " + e.repetition() : "");
      case Event.RunEnded e -> "The run is over" + because(e.error());
      case Event.LinkChanged e -> "Link " + e.link() + ": " + linkChange(e);
      case Event.TransferEnded e -> transfer(e);
      case Event.MessageTotals e ->
          "%s: %d messages sent, %d arrived, %d of them late"
              .formatted(e.transfer(), e.sent(), e.arrived(), e.late());
      case Event.PlaybackStall e ->
          "%s: playback stood still for %.2f s".formatted(e.transfer(), e.durationNs() / 1e9);
      case Event.Note e -> e.text();
      default -> event.getClass().getSimpleName();
    };
  }

  private static String linkChange(Event.LinkChanged e) {
    return switch (e.change()) {
      case "down" -> "cable pulled";
      case "up" -> "cable plugged in";
      case "remove" -> "interface removed";
      case "add" -> "interface added";
      case "blackhole" -> "swallows all packets";
      case "restore" -> "passes packets again";
      default -> e.change();
    };
  }

  private static String transfer(Event.TransferEnded e) {
    double seconds = (e.lastNs() - e.firstNs()) / 1e9;
    String speed =
        seconds > 0
            ? String.format(Locale.ROOT, " at %.1f Mbit/s", e.bytes() * 8e-6 / seconds)
            : "";
    return String.format(
        Locale.ROOT,
        "%s: %.1f MB%s, longest stall %.2f s, %s%s",
        e.transfer(),
        e.bytes() / 1e6,
        speed,
        e.longestStallNs() / 1e9,
        e.verified() ? "every byte verified" : "bytes not verified",
        because(e.error()));
  }

  private static String size(int bytes) {
    return bytes < 10_000
        ? bytes + " bytes"
        : bytes < 1_000_000
            ? bytes / 1000 + " KB"
            : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  private static String subflow(long connection, int subflow) {
    return "Subflow " + subflow + " of connection " + connection;
  }

  private static String because(String reason) {
    return reason.isEmpty() ? "" : ": " + reason;
  }
}
