package io.hawser.linux;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists the kernel's TCP and MPTCP connections of a network namespace, whoever owns them, by
 * sock_diag. Without CAP_NET_ADMIN there the kernel keeps tokens for itself, so that MPTCP
 * connections are seen but not which subflow is whose.
 */
public final class SocketDiag implements Closeable {
  static final int BY_FAMILY = 20;
  private static final int TCP = 6;
  private static final int MPTCP = 262;
  private static final int REQUEST_PROTOCOL = 3;
  private static final int INFO = 2;
  private static final int ULP_INFO = 19;
  private static final int ULP_MPTCP = 3;
  private static final int WANT_INFO = 1 << INFO - 1;
  private static final int SOCKET_ID_BYTES = 48;

  // struct inet_diag_msg
  private static final int STATE = 1;
  private static final int LOCAL_PORT = 4;
  private static final int REMOTE_PORT = 6;
  private static final int LOCAL_ADDRESS = 8;
  private static final int REMOTE_ADDRESS = 24;
  private static final int USER = 64;
  private static final int INODE = 68;
  static final int MESSAGE_BYTES = 72;

  private static final int SYN_SENT = 2;

  /** All but SYN_RECV, TIME_WAIT, CLOSE and LISTEN: those have no counters. */
  private static final int STATES = 0xfff & ~(1 << 3 | 1 << 6 | 1 << 7 | 1 << 10) & ~1;

  private static final int TOKEN_REMOTE = 1;
  private static final int TOKEN_LOCAL = 2;
  private static final int FLAGS = 8;
  private static final int ID_REMOTE = 9;
  private static final int ID_LOCAL = 10;
  private static final int FLAG_CAPABLE = 3;

  /** MP_CAPABLE or MP_JOIN by the peer. */
  private static final int FLAGS_MULTIPATH = 1 | 1 << 2;

  private static final int FLAG_BACKUP_PEER = 1 << 4;
  private static final int FLAG_BACKUP_HERE = 1 << 5;
  private static final int FLAG_FULLY_ESTABLISHED = 1 << 6;

  private final Netlink netlink;

  private SocketDiag(Netlink netlink) {
    this.netlink = netlink;
  }

  /** Opens the listing of a namespace; null is the program's own. */
  public static SocketDiag open(@Nullable NetworkNamespace namespace) throws IOException {
    return new SocketDiag(Netlink.open(Netlink.SOCK_DIAG, namespace));
  }

  /** All MPTCP connections with the subflows they have now. */
  public List<KernelConnection> connections() throws IOException {
    List<KernelSubflow> subflows = subflows();
    List<KernelConnection> all = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      for (NetlinkReply reply : dump(MPTCP)) {
        ByteBuffer body = reply.body();
        NetlinkAttributes found = reply.attributes(MESSAGE_BYTES);
        MptcpInfo info = MptcpInfo.read(found.structure(arena, INFO, MptcpInfo.BYTES));
        all.add(
            new KernelConnection(
                info.token(),
                body.get(STATE) & 0xff,
                end(body, LOCAL_ADDRESS, LOCAL_PORT),
                end(body, REMOTE_ADDRESS, REMOTE_PORT),
                body.getInt(USER),
                Integer.toUnsignedLong(body.getInt(INODE)),
                info,
                subflows.stream()
                    .filter(one -> one.token() == info.token() && one.token() != 0)
                    .toList()));
      }
    }
    return all;
  }

  /** All subflows of all MPTCP connections. */
  public List<KernelSubflow> subflows() throws IOException {
    List<KernelSubflow> all = new ArrayList<>();
    for (NetlinkReply reply : dump(TCP)) {
      NetlinkAttributes ulp = reply.attributes(MESSAGE_BYTES).nested(ULP_INFO);
      if (isSubflow(reply.body(), ulp)) {
        all.add(subflow(ulp.nested(ULP_MPTCP), tcpSocket(reply)));
      }
    }
    return all;
  }

  /** What asked for MPTCP and was answered without it is TCP, though its socket is MPTCP's. */
  private static boolean isSubflow(ByteBuffer body, NetlinkAttributes ulp) {
    boolean answered = (body.get(STATE) & 0xff) != SYN_SENT;
    int flags = ulp.nested(ULP_MPTCP).i32(FLAGS);
    return ulp.has(ULP_MPTCP) && (!answered || (flags & FLAGS_MULTIPATH) != 0);
  }

  /** All TCP connections that are not part of an MPTCP connection. */
  public List<KernelTcpSocket> tcp() throws IOException {
    List<KernelTcpSocket> all = new ArrayList<>();
    for (NetlinkReply reply : dump(TCP)) {
      if (!isSubflow(reply.body(), reply.attributes(MESSAGE_BYTES).nested(ULP_INFO))) {
        all.add(tcpSocket(reply));
      }
    }
    return all;
  }

  private static KernelSubflow subflow(NetlinkAttributes found, KernelTcpSocket tcp) {
    int flags = found.i32(FLAGS);
    return new KernelSubflow(
        found.i32(TOKEN_LOCAL),
        found.i32(TOKEN_REMOTE),
        found.u8(ID_LOCAL),
        found.u8(ID_REMOTE),
        (flags & FLAG_CAPABLE) != 0,
        (flags & FLAG_BACKUP_HERE) != 0,
        (flags & FLAG_BACKUP_PEER) != 0,
        (flags & FLAG_FULLY_ESTABLISHED) != 0,
        tcp);
  }

  static KernelTcpSocket tcpSocket(NetlinkReply reply) {
    ByteBuffer body = reply.body();
    try (Arena arena = Arena.ofConfined()) {
      return new KernelTcpSocket(
          body.get(STATE) & 0xff,
          end(body, LOCAL_ADDRESS, LOCAL_PORT),
          end(body, REMOTE_ADDRESS, REMOTE_PORT),
          body.getInt(USER),
          Integer.toUnsignedLong(body.getInt(INODE)),
          TcpInfo.read(reply.attributes(MESSAGE_BYTES).structure(arena, INFO, TcpInfo.BYTES)));
    }
  }

  private List<NetlinkReply> dump(int protocol) throws IOException {
    List<NetlinkReply> all = new ArrayList<>();
    for (int family : new int[] {SocketCalls.AF_INET, SocketCalls.AF_INET6}) {
      NetlinkRequest request =
          new NetlinkRequest(BY_FAMILY, NetlinkRequest.DUMP)
              .u8(family)
              .u8(TCP)
              .u8(WANT_INFO)
              .u8(0)
              .u32(STATES)
              .zeros(SOCKET_ID_BYTES);
      if (protocol != TCP) {
        // The fixed part has but 8 bits for the protocol.
        request.attribute32(REQUEST_PROTOCOL, protocol);
      }
      for (NetlinkReply reply : netlink.request("cannot list sockets", request)) {
        if (reply.body().remaining() >= MESSAGE_BYTES) {
          all.add(reply);
        }
      }
    }
    return all;
  }

  private static Endpoint end(ByteBuffer body, int addressAt, int portAt) {
    byte[] address = new byte[body.get(0) == SocketCalls.AF_INET6 ? 16 : 4];
    body.get(addressAt, address);
    int port = (body.get(portAt) & 0xff) << 8 | body.get(portAt + 1) & 0xff;
    return new Endpoint(IpAddress.of(address).unmapped(), port);
  }

  @Override
  public void close() {
    netlink.close();
  }
}
