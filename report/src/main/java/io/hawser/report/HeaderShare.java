package io.hawser.report;

import io.hawser.event.Event;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of a link's rate full packets leave for payload.
 *
 * <p>A full packet has as many IP bytes as the link's MTU (1500 if the link's settings name none).
 * TCP takes 20 bytes for IPv4, 20 for TCP and 12 for timestamps; IPv6 takes 20 more; Multipath TCP
 * takes 24 more for its DSS option; SCTP takes 28 after the IP header. What the link itself adds to
 * a packet ({@code overhead=}) counts too.
 */
final class HeaderShare {
  private static final int DEFAULT_MTU = 1500;
  private static final Pattern MTU = Pattern.compile("\\bmtu=(\\d{2,6})\\b");
  private static final Pattern OVERHEAD = Pattern.compile("\\boverhead=(\\d{1,4})\\b");

  private final int headerBytes;
  private final String protocol;

  private HeaderShare(int headerBytes, String protocol) {
    this.headerBytes = headerBytes;
    this.protocol = protocol;
  }

  static HeaderShare of(Recording run) {
    String stack = run.started == null ? "" : run.started.stack();
    int ip = run.sawIpv6 ? 40 : 20;
    String version = run.sawIpv6 ? "IPv6 " : "";
    if (stack.equals("sctp")) {
      return new HeaderShare(ip + 28, version + "SCTP");
    }
    boolean single = stack.equals("tcp") || stack.equals("hawser-tcp");
    boolean multipath = run.sawMultipath || (!single && !stack.isEmpty());
    return multipath
        ? new HeaderShare(ip + 56, version + "Multipath TCP")
        : new HeaderShare(ip + 32, version + "TCP");
  }

  /** The part of a link's rate that payload can have. */
  double of(Event.LinkFacts link) {
    int mtu = number(MTU, link.text(), DEFAULT_MTU);
    int overhead = number(OVERHEAD, link.text(), 0);
    return (double) Math.max(1, mtu - headerBytes) / (mtu + overhead);
  }

  /** What a link has carried so far without the headers of its packets. */
  long payloadBytes(Event.LinkSample sample, Flow flow) {
    long packets = flow.pick(sample.forthPackets(), sample.backPackets());
    return flow.bytes(sample) - headerBytes * packets;
  }

  /** How the limit was computed, for people. */
  String text() {
    return "the most that the links that are up carry from end to end, less headers ("
        + headerBytes
        + " bytes a packet of "
        + protocol
        + ")";
  }

  private static int number(Pattern pattern, String text, int otherwise) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : otherwise;
  }
}
