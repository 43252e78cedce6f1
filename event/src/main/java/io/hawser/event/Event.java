package io.hawser.event;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.List;

/**
 * Every fact that somebody outside may want to hear of. Times are the engine's clock, nanoseconds.
 */
public sealed interface Event {

  /** When it happened, on the engine's clock. */
  long atNs();

  /** Which connection it is about; 0 if none. */
  default long connection() {
    return 0;
  }

  /** A connection is established. */
  record ConnectionEstablished(
      long atNs,
      long connection,
      Endpoint local,
      Endpoint remote,
      boolean multipath,
      boolean client)
      implements Event {}

  /** A connection is gone; {@code error} is empty for an orderly end. */
  record ConnectionClosed(long atNs, long connection, String error) implements Event {}

  /** A connection fell back to plain TCP. */
  record FellBack(long atNs, long connection, String reason) implements Event {}

  /** A subflow is on its way: its SYN was sent or taken. */
  record SubflowOpening(long atNs, long connection, int subflow, Endpoint local, Endpoint remote)
      implements Event {}

  /** A subflow may carry data. */
  record SubflowEstablished(
      long atNs, long connection, int subflow, Endpoint local, Endpoint remote, boolean backup)
      implements Event {}

  /** A subflow is gone. */
  record SubflowClosed(long atNs, long connection, int subflow, String reason) implements Event {}

  /** A subflow's priority changed; {@code byPeer} says who asked. */
  record PriorityChanged(long atNs, long connection, int subflow, boolean backup, boolean byPeer)
      implements Event {}

  /** The peer announced an address. */
  record AddressAnnounced(long atNs, long connection, int id, IpAddress address, int port)
      implements Event {}

  /** The peer withdrew an address. */
  record AddressRemoved(long atNs, long connection, int id) implements Event {}

  /** Data was sent again on another subflow. */
  record Reinjected(long atNs, long connection, int fromSubflow, int toSubflow, int bytes)
      implements Event {}

  /** A subflow's retransmission timer expired. */
  record RetransmissionTimeout(long atNs, long connection, int subflow, int backoff)
      implements Event {}

  /** A path answers no more ({@code stale}) or answers again. */
  record PathStale(long atNs, long connection, int subflow, boolean stale) implements Event {}

  // ---- trials: what a testbed or a simulation measures ----

  /**
   * A link of a trial when it began. Forth is from client to server.
   *
   * @param from the node on the client's side, as in {@code client} or {@code router}
   * @param to the node on the server's side
   * @param forthBitsPerSecond its rate; 0: unlimited
   * @param backBitsPerSecond the same from server to client
   * @param text all settings as in {@code rate=20mbit delay=10ms}
   */
  record LinkFacts(
      String name,
      String from,
      String to,
      long forthBitsPerSecond,
      long backBitsPerSecond,
      String text) {
    /** The client's node. */
    public static final String CLIENT = "client";

    /** The server's node. */
    public static final String SERVER = "server";

    /** Ends that were not written down, as in old files, are the client and the server. */
    public LinkFacts {
      from = from.isEmpty() ? CLIENT : from;
      to = to.isEmpty() ? SERVER : to;
    }

    /** A link straight from the client to the server. */
    public LinkFacts(String name, long forthBitsPerSecond, long backBitsPerSecond, String text) {
      this(name, CLIENT, SERVER, forthBitsPerSecond, backBitsPerSecond, text);
    }

    /** Whether it is the client's own, so that all data crosses exactly one like it. */
    public boolean isAccess() {
      return from.equals(CLIENT);
    }
  }

  /**
   * One run of a scenario with one stack begins. All that follows up to {@link RunEnded} belongs to
   * it.
   *
   * @param clock {@code real} or {@code virtual}
   * @param plannedNs how long the timeline and the workload will take
   */
  record RunStarted(
      long atNs,
      String scenario,
      String title,
      String stack,
      String clock,
      int repetition,
      long seed,
      long plannedNs,
      List<LinkFacts> links)
      implements Event {
    public RunStarted {
      links = List.copyOf(links);
    }
  }

  /** A run is over; {@code error} is empty for a good end. */
  record RunEnded(long atNs, String error) implements Event {}

  /**
   * A link was changed, by the timeline or by hand.
   *
   * @param change what was asked, as in {@code down}, {@code blackhole}, {@code rate=5mbit}
   * @param usable whether packets pass now
   * @param forthBitsPerSecond the rate from client to server now; 0: unlimited
   * @param backBitsPerSecond the same from server to client
   */
  record LinkChanged(
      long atNs,
      String link,
      String change,
      boolean usable,
      long forthBitsPerSecond,
      long backBitsPerSecond)
      implements Event {}

  /** A link's counters since it was made: IP bytes and packets that came out, and drops. */
  record LinkSample(
      long atNs,
      String link,
      long forthBytes,
      long backBytes,
      long forthPackets,
      long backPackets,
      long forthDrops,
      long backDrops,
      long forthQueueBytes,
      long backQueueBytes)
      implements Event {}

  /**
   * A connection's counters. Payload bytes; what its peers' own figures call sent and received.
   *
   * @param host which end tells this: {@code client} or {@code server}
   * @param ackedBytes payload that the peer has acknowledged
   * @param receivedBytes payload received in order
   * @param reinjectedBytes payload sent again on another subflow
   * @param reorderBytes memory held for bytes not yet read
   * @param program whose connection it is, as in {@code iperf3 (4711)}; empty if it is of the trial
   *     or of the stack that tells
   */
  record ConnectionSample(
      long atNs,
      long connection,
      String host,
      long ackedBytes,
      long receivedBytes,
      long reinjectedBytes,
      long reorderBytes,
      String program)
      implements Event {

    /** Of a connection of the trial, or of the stack that tells. */
    public ConnectionSample(
        long atNs,
        long connection,
        String host,
        long ackedBytes,
        long receivedBytes,
        long reinjectedBytes,
        long reorderBytes) {
      this(atNs, connection, host, ackedBytes, receivedBytes, reinjectedBytes, reorderBytes, "");
    }
  }

  /**
   * A subflow's counters.
   *
   * @param link the link that its local address belongs to; empty if unknown
   */
  record SubflowSample(
      long atNs,
      long connection,
      String host,
      int subflow,
      String link,
      Endpoint local,
      Endpoint remote,
      String state,
      boolean backup,
      long sentBytes,
      long receivedBytes,
      long smoothedRttNs,
      long cwndBytes,
      long inFlightBytes,
      long retransmittedSegments)
      implements Event {}

  /** How many bytes of a transfer its receiving application has. */
  record TransferSample(long atNs, String transfer, long bytes) implements Event {}

  /**
   * A transfer is over.
   *
   * @param firstNs when the first byte was received; {@code lastNs} the last one
   * @param longestStallNs the longest time without a byte, from the first byte to the last
   * @param verified whether the bytes received are those that were sent (SHA-256)
   * @param error empty for a good end
   */
  record TransferEnded(
      long atNs,
      String transfer,
      long bytes,
      long firstNs,
      long lastNs,
      long longestStallNs,
      boolean verified,
      String error)
      implements Event {}

  /** A message (a voice frame, a reply) arrived; {@code delayNs} after it was sent or asked for. */
  record MessageDelay(long atNs, String transfer, long delayNs) implements Event {}

  /** What became of all messages of a transfer; late ones came after their deadline. */
  record MessageTotals(long atNs, String transfer, long sent, long arrived, long late)
      implements Event {}

  /** Playback stood still for so long, up to now. */
  record PlaybackStall(long atNs, String transfer, long durationNs) implements Event {}

  /** Processor time that one end has used since the run began. */
  record CpuSample(long atNs, String host, long cpuNs) implements Event {}

  /** Something worth a line in the log. */
  record Note(long atNs, String text) implements Event {}
}
