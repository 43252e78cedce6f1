package io.hawser.core.mptcp;

import io.hawser.core.api.Connection;
import io.hawser.core.api.FastOpenUse;
import io.hawser.core.tcp.FastOpen;
import io.hawser.core.tcp.TcpConnection;
import io.hawser.wire.PacketView;

/**
 * Data in the SYN (RFC 7413): the first bytes of the stream. With MPTCP they have no place in the
 * data sequence space, whose second number is that of the first byte after them (RFC 8684 appendix
 * B.2).
 */
final class EarlyData {
  private static final int LONGEST_COOKIE = 16;

  /** What leaves room for timestamps, window scale and MP_CAPABLE. */
  private static final int LONGEST_BESIDE_CAPABLE = 14;

  private final MptcpConnection c;
  private int sentBytes;
  private int receivedBytes;
  private boolean awaitsThirdAck;

  EarlyData(MptcpConnection connection) {
    this.c = connection;
  }

  /** Bytes of the stream that our SYN has carried and its answer has acknowledged. */
  int sentBytes() {
    return sentBytes;
  }

  /** Bytes of the stream that the peer's SYN has carried and that were taken. */
  int receivedBytes() {
    return receivedBytes;
  }

  /** True if the application has the connection, and the handshake is not over. */
  boolean awaitsThirdAck() {
    return awaitsThirdAck;
  }

  /** Before an active open: what is known of the server decides what the SYN says. */
  void attempt(Subflow first, long nowNs) {
    FastOpenUse use = c.config.fastOpen();
    if (use != FastOpenUse.OFF) {
      int most = c.offers ? LONGEST_BESIDE_CAPABLE : LONGEST_COOKIE;
      boolean cookies = use == FastOpenUse.WITH_COOKIE;
      first
          .tcp()
          .fastOpen(
              c.host.fastOpenCache().attempt(c.local.address(), c.remote, cookies, most, nowNs));
    }
  }

  /** Passive open; the application gets data of the SYN at once. */
  void accept(Subflow first, PacketView syn, FastOpen fastOpen, long nowNs) {
    TcpConnection tcp = first.tcp();
    tcp.fastOpen(fastOpen);
    if (fastOpen.givesCookie() && c.multipath) {
      // RFC 8684 appendix B.1: no room for key, cookie and timestamps; Linux chooses as this does.
      tcp.config().timestamps = false;
    }
    tcp.accept(syn, nowNs);
    if (!fastOpen.takesData()) {
      return;
    }
    receivedBytes = first.deliverEarly();
    boolean readable = c.in.pollReadable();
    if (c.multipath) {
      // What the peer's keys say comes with the third ACK: until then nothing can be answered.
      awaitsThirdAck = true;
      c.phase = Connection.Phase.OPEN;
      c.host.news(c, MptcpConnection.CONNECTED | MptcpConnection.WRITABLE);
    } else {
      c.opening.establishedPlain(first, nowNs);
    }
    if (readable) {
      c.host.news(c, MptcpConnection.READABLE);
    }
  }

  /** The handshake is over, as far as the options go. */
  void opened(Subflow first) {
    awaitsThirdAck = false;
    sentBytes = first.tcp().fastOpen().takenBytes();
    c.out.begin(sentBytes);
  }
}
