package io.hawser.workload.iperf3;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What both ends of a test counted.
 *
 * @param seconds how long the test took, without what was omitted
 * @param retransmits segments sent again; -1 if the sender does not know
 */
public record Iperf3Result(
    Iperf3Settings settings,
    double seconds,
    List<Long> sentBytes,
    List<Long> receivedBytes,
    long retransmits,
    List<Interval> intervals) {

  /** A second of the test: bytes of all streams at the end that tells. */
  public record Interval(double fromSeconds, double toSeconds, long bytes) {
    /** Bits a second. */
    public double bitsPerSecond() {
      return bytes * 8 / Math.max(1e-9, toSeconds - fromSeconds);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "[SUM] %6.2f-%-6.2f sec  %s  %s",
          fromSeconds,
          toSeconds,
          size(bytes),
          rate(bitsPerSecond()));
    }
  }

  /** Puts together what was counted here and what the other end told. */
  static Iperf3Result of(
      Iperf3Settings settings, Iperf3Run run, List<Iperf3Stream> streams, JsonNode told) {
    List<Long> there = bytes(told, streams);
    List<Long> sent = new ArrayList<>();
    List<Long> received = new ArrayList<>();
    boolean sends = false;
    boolean hears = false;
    for (int i = 0; i < streams.size(); i++) {
      Iperf3Stream one = streams.get(i);
      sent.add(one.sends() ? one.bytes() : there.get(i));
      received.add(one.sends() ? there.get(i) : one.bytes());
      sends |= one.sends();
      hears |= !one.sends();
    }
    long own = sends ? run.retransmits() : 0;
    long theirs = hears ? retransmits(told) : 0;
    long again = own < 0 || theirs < 0 ? -1 : own + theirs;
    return new Iperf3Result(settings, run.seconds(), sent, received, again, run.intervals());
  }

  public Iperf3Result {
    sentBytes = List.copyOf(sentBytes);
    receivedBytes = List.copyOf(receivedBytes);
    intervals = List.copyOf(intervals);
  }

  /** All streams' bytes at the sender. */
  public long sent() {
    return sentBytes.stream().mapToLong(Long::longValue).sum();
  }

  /** All streams' bytes at the receiver. */
  public long received() {
    return receivedBytes.stream().mapToLong(Long::longValue).sum();
  }

  /** The bytes of one direction's streams. */
  private long sum(List<Long> bytes, boolean fromClient) {
    long sum = 0;
    for (int i = 0; i < bytes.size(); i++) {
      sum += settings.clientSends(i) == fromClient ? bytes.get(i) : 0;
    }
    return sum;
  }

  /** Bytes that the client sent, or the server, as their sender counted them. */
  public long sent(boolean byClient) {
    return sum(sentBytes, byClient);
  }

  /** Bytes that the client sent, or the server, as their receiver counted them. */
  public long received(boolean byClient) {
    return sum(receivedBytes, byClient);
  }

  static String size(long bytes) {
    return bytes >= 1L << 30
        ? String.format(Locale.ROOT, "%7.2f GBytes", bytes / (double) (1L << 30))
        : bytes >= 1L << 20
            ? String.format(Locale.ROOT, "%7.2f MBytes", bytes / (double) (1L << 20))
            : String.format(Locale.ROOT, "%7.2f KBytes", bytes / 1024.0);
  }

  static String rate(double bits) {
    return bits >= 1e9
        ? String.format(Locale.ROOT, "%7.2f Gbits/sec", bits / 1e9)
        : String.format(Locale.ROOT, "%7.2f Mbits/sec", bits / 1e6);
  }

  /** The lines at the end of a test. */
  public String text() {
    StringBuilder out = new StringBuilder();
    String again = retransmits < 0 ? "" : String.format(Locale.ROOT, "  %5d retr", retransmits);
    if (settings.direction() != Iperf3Settings.Direction.BOTH) {
      line(out, "SUM", sent(), again + "  sender");
      line(out, "SUM", received(), "  receiver");
      return out.toString();
    }
    for (boolean byClient : new boolean[] {true, false}) {
      String who = byClient ? "client to server" : "server to client";
      line(out, who, sent(byClient), "  sender");
      line(out, who, received(byClient), "  receiver");
    }
    return out.toString();
  }

  private void line(StringBuilder out, String who, long bytes, String more) {
    out.append(
        String.format(
            Locale.ROOT,
            "[%s]   0.00-%-6.2f sec  %s  %s%s%n",
            who,
            seconds,
            size(bytes),
            rate(bytes * 8 / seconds),
            more));
  }

  /** The same in the shape of iperf3's own JSON, as far as it goes. */
  public String json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode start = root.putObject("start").putObject("test_start");
    start.put("protocol", "TCP").put("num_streams", settings.streams());
    start.put("blksize", settings.blockBytes()).put("omit", settings.omitSeconds());
    start.put("duration", settings.seconds()).put("bytes", settings.bytes());
    start.put("reverse", settings.direction() == Iperf3Settings.Direction.REVERSE ? 1 : 0);
    boolean both = settings.direction() == Iperf3Settings.Direction.BOTH;
    start.put("bidir", both ? 1 : 0);
    ArrayNode rows = root.putArray("intervals");
    for (Interval one : intervals) {
      ObjectNode sum = rows.addObject().putObject("sum");
      sum.put("start", one.fromSeconds()).put("end", one.toSeconds());
      sum.put("seconds", one.toSeconds() - one.fromSeconds()).put("bytes", one.bytes());
      sum.put("bits_per_second", one.bitsPerSecond());
    }
    ObjectNode end = root.putObject("end");
    ArrayNode streams = end.putArray("streams");
    for (int i = 0; i < sentBytes.size(); i++) {
      ObjectNode one = streams.addObject();
      sum(one.putObject("sender"), sentBytes.get(i));
      sum(one.putObject("receiver"), receivedBytes.get(i));
    }
    ObjectNode sent = end.putObject("sum_sent");
    sum(sent, both ? sent(true) : sent());
    if (retransmits >= 0) {
      sent.put("retransmits", retransmits);
    }
    sum(end.putObject("sum_received"), both ? received(true) : received());
    if (both) {
      sum(end.putObject("sum_sent_bidir_reverse"), sent(false));
      sum(end.putObject("sum_received_bidir_reverse"), received(false));
    }
    return root.toString();
  }

  private void sum(ObjectNode node, long bytes) {
    node.put("start", 0).put("end", seconds).put("seconds", seconds).put("bytes", bytes);
    node.put("bits_per_second", bytes * 8 / seconds);
  }

  /** What an end tells the other about its streams. */
  static ObjectNode told(List<Iperf3Stream> streams, double seconds, long retransmits) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("cpu_util_total", 0.0).put("cpu_util_user", 0.0).put("cpu_util_system", 0.0);
    node.put("sender_has_retransmits", retransmits < 0 ? -1 : 1);
    ArrayNode all = node.putArray("streams");
    for (int i = 0; i < streams.size(); i++) {
      Iperf3Stream stream = streams.get(i);
      ObjectNode one = all.addObject();
      one.put("id", stream.id()).put("bytes", stream.bytes());
      one.put("retransmits", i == 0 ? retransmits : Math.min(0, retransmits));
      one.put("jitter", 0.0).put("errors", 0).put("packets", 0);
      one.put("start_time", 0.0).put("end_time", seconds);
    }
    return node;
  }

  /** The bytes of each stream that the other end told, in the order of the ids given. */
  static List<Long> bytes(JsonNode told, List<Iperf3Stream> streams) {
    return streams.stream()
        .map(stream -> {
          for (JsonNode one : told.path("streams")) {
            if (one.path("id").asInt(0) == stream.id()) {
              return one.path("bytes").asLong(0);
            }
          }
          return 0L;
        })
        .toList();
  }

  /** Retransmissions that the other end told; -1 if it does not know. */
  static long retransmits(JsonNode told) {
    if (told.path("sender_has_retransmits").asInt(-1) != 1) {
      return -1;
    }
    long sum = 0;
    for (JsonNode one : told.path("streams")) {
      sum += Math.max(0, one.path("retransmits").asLong(0));
    }
    return sum;
  }
}
