package io.hawser.linux;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Changes of a namespace's interfaces and addresses as the kernel tells them by rtnetlink, the loss
 * of a carrier among them. Give waiting a platform thread.
 */
public final class LinkNews implements Closeable {
  private static final int NEW_LINK = 16;
  private static final int DELETE_LINK = 17;
  private static final int GET_LINK = 18;
  private static final int NEW_ADDRESS = 20;
  private static final int DELETE_ADDRESS = 21;
  private static final int GROUP_LINK = 1;
  private static final int GROUP_ADDRESS4 = 5;
  private static final int GROUP_ADDRESS6 = 9;

  // struct ifinfomsg, struct ifaddrmsg
  private static final int LINK_BYTES = 16;
  private static final int LINK_FLAGS = 8;
  private static final int ADDRESS_BYTES = 8;
  private static final int PREFIX = 1;
  private static final int INDEX = 4;
  private static final int IFF_UP = 1;
  private static final int IFF_LOWER_UP = 1 << 16;

  private static final int IFLA_NAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_OPERSTATE = 16;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int AF_BRIDGE = 7;

  private static final String[] STATES = {
    "unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"
  };

  private final Netlink news;
  private final Netlink requests;
  private final Queue<LinkChange> waiting = new ArrayDeque<>();

  private LinkNews(Netlink news, Netlink requests) {
    this.news = news;
    this.requests = requests;
  }

  /** Subscribes in a namespace; null is the program's own. No rights are needed. */
  public static LinkNews open(@Nullable NetworkNamespace namespace) throws IOException {
    Netlink news = Netlink.open(Netlink.ROUTE, namespace);
    try {
      news.join(GROUP_LINK, "changes of interfaces");
      news.join(GROUP_ADDRESS4, "changes of IPv4 addresses");
      news.join(GROUP_ADDRESS6, "changes of IPv6 addresses");
      return new LinkNews(news, Netlink.open(Netlink.ROUTE, namespace));
    } catch (IOException e) {
      news.close();
      throw e;
    }
  }

  /** All interfaces as they are now. */
  public List<LinkChange.Link> links() throws IOException {
    NetlinkRequest request = new NetlinkRequest(GET_LINK, NetlinkRequest.DUMP).zeros(LINK_BYTES);
    List<LinkChange.Link> all = new ArrayList<>();
    for (NetlinkReply reply : requests.request("cannot list the interfaces", request)) {
      if (change(reply) instanceof LinkChange.Link link) {
        all.add(link);
      }
    }
    return all;
  }

  /**
   * Waits for the next change, up to this long.
   *
   * @return null if the time was over first, or after {@link #close}
   */
  public synchronized @Nullable LinkChange poll(long timeoutNs) throws IOException {
    long end = System.nanoTime() + timeoutNs;
    while (waiting.isEmpty() && !news.isClosed()) {
      try {
        for (NetlinkReply reply : news.news(Math.max(0, end - System.nanoTime()))) {
          LinkChange change = change(reply);
          if (change != null) {
            waiting.add(change);
          }
        }
      } catch (NetlinkException e) {
        if (e.errno() != Errno.ENOBUFS) {
          throw e;
        }
        waiting.add(new LinkChange.Missed());
      }
      if (waiting.isEmpty() && System.nanoTime() - end >= 0) {
        break;
      }
    }
    return waiting.poll();
  }

  private static @Nullable LinkChange change(NetlinkReply reply) {
    boolean link = reply.type() == NEW_LINK || reply.type() == DELETE_LINK;
    boolean address = reply.type() == NEW_ADDRESS || reply.type() == DELETE_ADDRESS;
    int fixed = link ? LINK_BYTES : ADDRESS_BYTES;
    // A bridge's ports are told of a second time, in a family of its own.
    if (!(link || address)
        || reply.body().remaining() < fixed
        || reply.body().get(0) == AF_BRIDGE) {
      return null;
    }
    int index = reply.body().getInt(INDEX);
    NetlinkAttributes found = reply.attributes(fixed);
    if (reply.type() == DELETE_LINK) {
      return new LinkChange.LinkRemoved(index, found.text(IFLA_NAME));
    }
    if (link) {
      int flags = reply.body().getInt(LINK_FLAGS);
      int state = found.u8(IFLA_OPERSTATE);
      return new LinkChange.Link(
          index,
          found.text(IFLA_NAME),
          (flags & IFF_UP) != 0,
          (flags & IFF_LOWER_UP) != 0,
          STATES[state < STATES.length ? state : 0],
          found.i32(IFLA_MTU));
    }
    // On a point-to-point link IFA_ADDRESS is the peer's.
    int type = found.has(IFA_LOCAL) ? IFA_LOCAL : IFA_ADDRESS;
    boolean v6 = reply.body().get(0) == SocketCalls.AF_INET6;
    var own = v6 ? found.address(-1, type) : found.address(type, -1);
    int prefix = reply.body().get(PREFIX) & 0xff;
    return reply.type() == NEW_ADDRESS
        ? new LinkChange.AddressAdded(index, own, prefix)
        : new LinkChange.AddressRemoved(index, own, prefix);
  }

  /** Ends a wait in another thread. Idempotent. */
  @Override
  public void close() {
    news.close();
    requests.close();
  }
}
