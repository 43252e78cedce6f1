package io.hawser.cli.driver;

import io.hawser.core.mptcp.MptcpConnection;
import io.hawser.core.tcp.TcpConfig;
import io.hawser.core.tcp.TcpConnection;
import io.hawser.core.tcp.TcpState;
import io.hawser.core.tcp.TcpStats;
import org.jspecify.annotations.Nullable;

/** The figures of a connection, under the names of struct tcp_info and in Linux's units. */
final class InfoText {
  private static final int CLOSED = 7;
  private static final int LISTENING = 10;
  private static final int UNKNOWN_THRESHOLD = 0x7fffffff;

  private final StringBuilder out = new StringBuilder();

  private InfoText() {}

  /** Of a socket without a connection. */
  static String unconnected(boolean listening) {
    InfoText info = new InfoText();
    info.add("state", listening ? LISTENING : CLOSED);
    return info.out.toString();
  }

  /** Of a connection; read on the stack's thread. */
  static String of(
      MptcpConnection connection, long unsentBytes, int receiveBytes, int mtuBytes, long nowNs) {
    TcpConnection tcp = connection.firstTcp();
    if (tcp == null) {
      return unconnected(false);
    }
    InfoText info = new InfoText();
    info.state(tcp);
    info.segments(tcp, nowNs);
    info.add("pmtu", mtuBytes);
    info.add("rcv_ssthresh", receiveBytes);
    info.add("rcv_space", receiveBytes);
    info.add("notsent_bytes", unsentBytes);
    info.totals(tcp);
    return info.out.toString();
  }

  private void add(String name, long value) {
    out.append(out.isEmpty() ? "" : " ").append(name).append('=').append(value);
  }

  /** Linux's number of a state. */
  static int state(@Nullable TcpState state) {
    if (state == null) {
      return CLOSED;
    }
    return switch (state) {
      case CLOSED -> CLOSED;
      case SYN_SENT -> 2;
      case SYN_RECEIVED -> 3;
      case ESTABLISHED -> 1;
      case FIN_WAIT_1 -> 4;
      case FIN_WAIT_2 -> 5;
      case CLOSE_WAIT -> 8;
      case CLOSING -> 11;
      case LAST_ACK -> 9;
      case TIME_WAIT -> 6;
    };
  }

  private void state(TcpConnection tcp) {
    TcpConfig config = tcp.config();
    add("state", state(tcp.state()));
    boolean losing = tcp.estimates().lostBytes() > 0;
    add(
        "ca_state",
        tcp.estimates().backoff() > 0 ? 4 : losing ? 3 : tcp.estimates().sackedBytes() > 0 ? 1 : 0);
    add("retransmits", tcp.estimates().backoff());
    add("probes", 0);
    add("backoff", tcp.estimates().backoff());
    int options =
        (config.timestamps ? 1 : 0) | (config.sack ? 2 : 0) | (config.windowScaling ? 4 : 0);
    boolean early = tcp.fastOpen().takenBytes() > 0 || tcp.fastOpen().takesData();
    // TCPI_OPT_SYN_DATA.
    options |= early ? 32 : 0;
    add("options", options);
    add("snd_wscale", 0);
    add("rcv_wscale", config.windowScaling ? config.windowScale : 0);
    add("rto", tcp.estimates().rtoNs() / 1000);
    add("ato", config.delayedAckNs / 1000);
    add("snd_mss", tcp.mssBytes());
    add("rcv_mss", tcp.mssBytes());
  }

  private void segments(TcpConnection tcp, long nowNs) {
    TcpStats stats = tcp.stats();
    int mss = Math.max(1, tcp.mssBytes());
    add(
        "unacked",
        ceil(
            tcp.estimates().inFlightBytes()
                + tcp.estimates().sackedBytes()
                + tcp.estimates().lostBytes(),
            mss));
    add("sacked", ceil(tcp.estimates().sackedBytes(), mss));
    add("lost", ceil(tcp.estimates().lostBytes(), mss));
    add("retrans", 0);
    add("last_data_sent", millisSince(stats.lastDataSentNs, nowNs));
    add("last_ack_sent", 0);
    add("last_data_recv", millisSince(stats.lastDataReceivedNs, nowNs));
    add("last_ack_recv", millisSince(stats.lastAckReceivedNs, nowNs));
    add("rtt", tcp.estimates().smoothedRttNs() / 1000);
    add("rttvar", tcp.estimates().rttVarianceNs() / 1000);
    int threshold = tcp.estimates().ssthreshBytes();
    add("snd_ssthresh", threshold == Integer.MAX_VALUE ? UNKNOWN_THRESHOLD : threshold / mss);
    add("snd_cwnd", tcp.estimates().cwndBytes() / mss);
    add("advmss", tcp.mssBytes());
    add("reordering", 3);
    add("rcv_rtt", 0);
    add("total_retrans", stats.totalRetransmissions);
  }

  private void totals(TcpConnection tcp) {
    TcpStats stats = tcp.stats();
    add("pacing_rate", -1);
    add("max_pacing_rate", -1);
    add("bytes_acked", stats.bytesAcked);
    add("bytes_received", stats.bytesReceived);
    add("segs_out", stats.segmentsOut);
    add("segs_in", stats.segmentsIn);
    add(
        "min_rtt",
        tcp.estimates().minRttNs() == 0 ? 0xffffffffL : tcp.estimates().minRttNs() / 1000);
    add("data_segs_in", stats.dataSegmentsIn);
    add("data_segs_out", stats.dataSegmentsOut);
    add("delivery_rate", tcp.estimates().rateBytesPerSecond());
    add("busy_time", 0);
    add("rwnd_limited", 0);
    add("sndbuf_limited", 0);
    add("delivered", ceil(stats.bytesAcked, Math.max(1, tcp.mssBytes())));
    add("delivered_ce", 0);
    add("bytes_sent", stats.bytesSent);
    add("bytes_retrans", stats.bytesRetransmitted);
    add("dsack_dups", stats.dsacks);
    add("reord_seen", stats.reorderSeen);
  }

  private static long ceil(long bytes, int unit) {
    return (bytes + unit - 1) / unit;
  }

  private static long millisSince(long thenNs, long nowNs) {
    return thenNs == 0 ? 0 : Math.max(0, nowNs - thenNs) / 1_000_000;
  }
}
