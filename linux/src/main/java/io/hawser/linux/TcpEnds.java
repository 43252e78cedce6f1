package io.hawser.linux;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The TCP sockets of a network namespace that are gone, with their last figures: the kernel tells
 * of each one by sock_diag when it lets go of it, however short its life was. MPTCP's subflows are
 * among them and look like the others.
 */
public final class TcpEnds implements Closeable {
  private static final int TCP4_GONE = 1;
  private static final int TCP6_GONE = 3;

  private final Netlink netlink;
  private boolean missed;

  private TcpEnds(Netlink netlink) {
    this.netlink = netlink;
  }

  /** From now on; null is the program's own namespace. */
  public static TcpEnds open(@Nullable NetworkNamespace namespace) throws IOException {
    Netlink netlink = Netlink.open(Netlink.SOCK_DIAG, namespace);
    try {
      netlink.join(TCP4_GONE, "TCP sockets that go");
      netlink.join(TCP6_GONE, "TCP sockets that go");
      return new TcpEnds(netlink);
    } catch (IOException e) {
      netlink.close();
      throw e;
    }
  }

  /** Those that are gone since the last call; does not wait. */
  public List<KernelTcpSocket> poll() throws IOException {
    List<KernelTcpSocket> gone = new ArrayList<>();
    List<NetlinkReply> replies = next();
    while (!replies.isEmpty()) {
      for (NetlinkReply reply : replies) {
        ByteBuffer body = reply.body();
        if (reply.type() == SocketDiag.BY_FAMILY && body.remaining() >= SocketDiag.MESSAGE_BYTES) {
          gone.add(SocketDiag.tcpSocket(reply));
        }
      }
      replies = next();
    }
    return gone;
  }

  private List<NetlinkReply> next() throws IOException {
    try {
      return netlink.news(0);
    } catch (NetlinkException e) {
      if (e.errno() != Errno.ENOBUFS) {
        throw e;
      }
      missed = true;
      return netlink.news(0);
    }
  }

  /** Whether some were lost, for too many went before {@link #poll}; asked once. */
  public boolean hasMissed() {
    boolean some = missed;
    missed = false;
    return some;
  }

  @Override
  public void close() {
    netlink.close();
  }
}
