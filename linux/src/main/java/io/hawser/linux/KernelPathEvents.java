package io.hawser.linux;

import io.hawser.wire.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The path manager's events of one network namespace, from the subscription on. The kernel keeps
 * them until they are asked for; give waiting a platform thread.
 */
public final class KernelPathEvents implements Closeable {
  private static final int TOKEN = 1;
  private static final int LOCAL_ID = 3;
  private static final int REMOTE_ID = 4;
  private static final int SOURCE4 = 5;
  private static final int SOURCE6 = 6;
  private static final int DESTINATION4 = 7;
  private static final int DESTINATION6 = 8;
  private static final int SOURCE_PORT = 9;
  private static final int DESTINATION_PORT = 10;
  private static final int BACKUP = 11;
  private static final int ERROR = 12;
  private static final int FLAGS = 13;
  private static final int INTERFACE = 15;
  private static final int RESET_REASON = 16;
  private static final int SERVER_SIDE = 18;
  private static final int FLAG_DENY_JOIN_FIRST = 1;
  private static final int FLAG_SERVER_SIDE = 2;

  private final Netlink netlink;
  private final int family;
  private final Queue<KernelPathEvent> waiting = new ArrayDeque<>();

  KernelPathEvents(Netlink netlink, int family) {
    this.netlink = netlink;
    this.family = family;
  }

  /**
   * Waits for the next event, up to this long.
   *
   * @return null if the time was over first, or after {@link #close}
   */
  public synchronized @Nullable KernelPathEvent poll(long timeoutNs) throws IOException {
    long end = System.nanoTime() + timeoutNs;
    while (waiting.isEmpty() && !netlink.isClosed()) {
      try {
        for (NetlinkReply reply : netlink.news(Math.max(0, end - System.nanoTime()))) {
          if (reply.type() == family && reply.body().remaining() >= 4) {
            waiting.add(event(reply.body().get(0) & 0xff, reply.attributes(4)));
          }
        }
      } catch (NetlinkException e) {
        if (e.errno() != Errno.ENOBUFS) {
          throw e;
        }
        waiting.add(new KernelPathEvent.Missed());
      }
      if (waiting.isEmpty() && System.nanoTime() - end >= 0) {
        break;
      }
    }
    return waiting.poll();
  }

  static KernelPathEvent event(int number, NetlinkAttributes a) {
    int token = a.i32(TOKEN);
    return switch (number) {
      case 1 -> new KernelPathEvent.Created(token, local(a), remote(a), isServer(a));
      case 2 ->
          new KernelPathEvent.Established(
              token, local(a), remote(a), isServer(a), (a.u16(FLAGS) & FLAG_DENY_JOIN_FIRST) != 0);
      case 3 -> new KernelPathEvent.Closed(token);
      case 6 -> new KernelPathEvent.Announced(token, a.u8(REMOTE_ID), remote(a));
      case 7 -> new KernelPathEvent.Removed(token, a.u8(REMOTE_ID));
      case 10 -> new KernelPathEvent.SubflowEstablished(token, path(a));
      case 11 ->
          new KernelPathEvent.SubflowClosed(token, path(a), a.u8(ERROR), a.i32(RESET_REASON));
      case 13 -> new KernelPathEvent.SubflowPriority(token, path(a));
      case 15 -> new KernelPathEvent.ListenerCreated(local(a));
      case 16 -> new KernelPathEvent.ListenerClosed(local(a));
      default -> new KernelPathEvent.Unknown(number, token);
    };
  }

  private static boolean isServer(NetlinkAttributes a) {
    return a.u8(SERVER_SIDE) != 0 || (a.u16(FLAGS) & FLAG_SERVER_SIDE) != 0;
  }

  private static Endpoint local(NetlinkAttributes a) {
    return new Endpoint(a.address(SOURCE4, SOURCE6), a.port(SOURCE_PORT));
  }

  private static Endpoint remote(NetlinkAttributes a) {
    return new Endpoint(a.address(DESTINATION4, DESTINATION6), a.port(DESTINATION_PORT));
  }

  private static KernelPathEvent.Path path(NetlinkAttributes a) {
    return new KernelPathEvent.Path(
        a.u8(LOCAL_ID), a.u8(REMOTE_ID), local(a), remote(a), a.u8(BACKUP) != 0, a.i32(INTERFACE));
  }

  /** Ends a wait in another thread. Idempotent. */
  @Override
  public void close() {
    netlink.close();
  }
}
