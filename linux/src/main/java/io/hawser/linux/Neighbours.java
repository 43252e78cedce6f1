package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.hawser.wire.Bytes;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * To whom packets of one interface are handed: the kernel's routes name the next hop, its neighbour
 * table the link-layer address, both by rtnetlink, and its news keep what is remembered true. Where
 * the kernel has no address, or an old one, it is told to ask (NTF_USE), as if it had a packet to
 * send itself. One thread's; nothing is allocated for a packet whose way is known.
 */
final class Neighbours implements Closeable {
  private static final long PATIENCE_NS = 3_000_000_000L;
  private static final long REST_NS = 500_000_000L;
  private static final int SLOTS = 1024;
  private static final int MOST_FLOWS = 16_384;

  private static final int NEW_LINK = 16;
  private static final int DELETE_LINK = 17;
  private static final int NEW_ROUTE = 24;
  private static final int DELETE_ROUTE = 25;
  private static final int GET_ROUTE = 26;
  private static final int NEW_NEIGHBOUR = 28;
  private static final int DELETE_NEIGHBOUR = 29;
  private static final int GET_NEIGHBOUR = 30;
  private static final int CREATE_OR_REPLACE = 0x500;
  private static final int[] GROUPS = {1, 3, 7, 11};

  // struct ndmsg
  private static final int NDMSG_BYTES = 12;
  private static final int NDM_INDEX = 4;
  private static final int NDM_STATE = 8;
  private static final int NDA_DST = 1;
  private static final int NDA_LLADDR = 2;
  private static final int NTF_USE = 1;
  private static final int STALE = 4;
  private static final int FAILED = 0x20;
  private static final int PERMANENT_OR_NOARP = 0xc0;
  private static final int USABLE = 2 | STALE | 8 | 0x10 | PERMANENT_OR_NOARP;

  // struct rtmsg
  private static final int RTMSG_BYTES = 12;
  private static final int RTM_TYPE = 7;
  private static final int RTN_UNICAST = 1;
  private static final int RTN_LOCAL = 2;
  private static final int RTA_DST = 1;
  private static final int RTA_SRC = 2;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_VIA = 18;

  private static final int LINK_BYTES = 16;
  private static final int IFLA_NAME = 3;

  private record Flow(IpAddress source, IpAddress destination) {}

  private final String device;
  private final Netlink requests;
  private final Netlink news;
  private final @Nullable NextHop everybody;
  private final Map<Flow, NextHop> flows = new HashMap<>();
  private final Map<IpAddress, NextHop> hops = new HashMap<>();
  private final long[] slotKeys = new long[SLOTS * 4];
  private final @Nullable NextHop[] slots = new NextHop[SLOTS];
  private int index;
  private int asked;
  private boolean linkChanged;

  /** For an interface; the loopback has no addresses to ask for. */
  Neighbours(String device, int index, boolean loopback, NetworkNamespace namespace)
      throws IOException {
    this.device = device;
    this.index = index;
    NextHop all = loopback ? new NextHop(IpAddress.ANY4) : null;
    if (all != null) {
      all.state = NextHop.State.KNOWN;
    }
    everybody = all;
    requests = Netlink.open(Netlink.ROUTE, namespace);
    Netlink told = null;
    try {
      told = Netlink.open(Netlink.ROUTE, namespace);
      for (int group : GROUPS) {
        told.join(group, "changes of routes and neighbours");
      }
    } catch (IOException e) {
      requests.close();
      if (told != null) {
        told.close();
      }
      throw e;
    }
    news = told;
  }

  /** What to wait on for news. */
  int descriptor() {
    return news.descriptor();
  }

  /** The interface has another number: it was taken away and made again. */
  void index(int number) {
    index = number;
    forgetWays();
    hops.values().forEach(this::resolve);
  }

  /** Whether answers are awaited. */
  boolean waits() {
    return asked > 0;
  }

  /** All that were used. */
  Collection<NextHop> hops() {
    return hops.values();
  }

  /** True once after news of the interface itself. */
  boolean linkChanged() {
    boolean changed = linkChanged;
    linkChanged = false;
    return changed;
  }

  /** To whom a packet goes, by its IP header. */
  NextHop hop(MemorySegment header) {
    if (everybody != null) {
      return everybody;
    }
    boolean v6 = Bytes.u8(header, 0) >> 4 == 6;
    long sourceHigh = v6 ? Bytes.i64(header, 8) : 0;
    long sourceLow = v6 ? Bytes.i64(header, 16) : Bytes.i32(header, 12);
    long high = v6 ? Bytes.i64(header, 24) : -1;
    long low = v6 ? Bytes.i64(header, 32) : Bytes.i32(header, 16);
    long mixed = (low ^ sourceLow * 31 ^ high * 7) * 0x9e37_79b9_7f4a_7c15L;
    int slot = (int) (mixed >>> 54);
    NextHop hop = slots[slot];
    int at = slot * 4;
    boolean same =
        hop != null
            && slotKeys[at] == low
            && slotKeys[at + 1] == high
            && slotKeys[at + 2] == sourceLow
            && slotKeys[at + 3] == sourceHigh;
    if (hop == null || !same) {
      hop =
          v6
              ? find(IpAddress.v6(sourceHigh, sourceLow), IpAddress.v6(high, low))
              : find(IpAddress.v4((int) sourceLow), IpAddress.v4((int) low));
      slots[slot] = hop;
      slotKeys[at] = low;
      slotKeys[at + 1] = high;
      slotKeys[at + 2] = sourceLow;
      slotKeys[at + 3] = sourceHigh;
    }
    if (hop.state == NextHop.State.FAILED && System.nanoTime() - hop.sinceNs > REST_NS) {
      hop = again(hop, header, v6);
      slots[slot] = hop;

    } else if (hop.stale) {
      use(hop);
    }
    return hop;
  }

  /** What has failed is tried again after a rest. */
  private NextHop again(NextHop failed, MemorySegment header, boolean v6) {
    if (hops.get(failed.address) == failed) {
      resolve(failed);
      return failed;
    }
    forgetWays();
    byte[] both = new byte[v6 ? 32 : 8];
    MemorySegment.copy(header, JAVA_BYTE, v6 ? 8 : 12, both, 0, both.length);
    int half = both.length / 2;
    return find(
        IpAddress.of(Arrays.copyOf(both, half)),
        IpAddress.of(Arrays.copyOfRange(both, half, both.length)));
  }

  private NextHop find(IpAddress source, IpAddress destination) {
    Flow flow = new Flow(source, destination);
    NextHop hop = flows.get(flow);
    if (hop == null) {
      if (flows.size() >= MOST_FLOWS) {
        forgetWays();
      }
      hop = route(source, destination);
      flows.put(flow, hop);
    }
    return hop;
  }

  private NextHop route(IpAddress source, IpAddress destination) {
    try {
      NetlinkReply found = ask(destination, source);
      boolean elsewhere =
          found != null
              && found.body().get(RTM_TYPE) == RTN_UNICAST
              && found.attributes(RTMSG_BYTES).i32(RTA_OIF) != index;
      if (elsewhere) {
        // With a source IPv6 takes the interface for a wish only.
        found = ask(destination, null);
      }
      return found == null
          ? nowhere(destination, "the kernel names no route to " + destination)
          : routed(found, destination);
    } catch (IOException e) {
      return nowhere(destination, String.valueOf(e.getMessage()));
    }
  }

  private @Nullable NetlinkReply ask(IpAddress destination, @Nullable IpAddress source)
      throws IOException {
    boolean v6 = destination.v6();
    int bits = v6 ? 128 : 32;
    NetlinkRequest request =
        new NetlinkRequest(GET_ROUTE, NetlinkRequest.ACK)
            .u8(v6 ? SocketCalls.AF_INET6 : SocketCalls.AF_INET)
            .u8(bits)
            .u8(source == null ? 0 : bits)
            .zeros(RTMSG_BYTES - 3)
            .attribute(RTA_DST, RTA_DST, destination)
            .attribute32(RTA_OIF, index);
    if (source != null) {
      request.attribute(RTA_SRC, RTA_SRC, source);
    }
    String what = "no route to " + destination + " by " + device;
    for (NetlinkReply reply : requests.request(what, request)) {
      if (reply.type() == NEW_ROUTE && reply.body().remaining() >= RTMSG_BYTES) {
        return reply;
      }
    }
    return null;
  }

  private NextHop routed(NetlinkReply reply, IpAddress destination) {
    int type = reply.body().get(RTM_TYPE);
    NetlinkAttributes said = reply.attributes(RTMSG_BYTES);
    if (type == RTN_LOCAL) {
      return nowhere(destination, destination + " is this machine itself, not behind " + device);
    }
    if (type != RTN_UNICAST || said.i32(RTA_OIF) != index) {
      return nowhere(destination, "no route to " + destination + " goes out by " + device);
    }
    IpAddress next = destination;
    if (said.has(RTA_GATEWAY)) {
      next = destination.v6() ? said.address(-1, RTA_GATEWAY) : said.address(RTA_GATEWAY, -1);
    } else if (said.has(RTA_VIA)) {
      // An IPv4 route over a router that is known by an IPv6 address (RFC 5549).
      ByteBuffer via = said.bytes(RTA_VIA, 18);
      byte[] address = new byte[16];
      via.get(2, address);
      next = IpAddress.of(address);
    }
    NextHop hop = hops.get(next);
    if (hop == null) {
      hop = new NextHop(next);
      hops.put(next, hop);
      resolve(hop);
    }
    return hop;
  }

  private static NextHop nowhere(IpAddress destination, String reason) {
    NextHop hop = new NextHop(destination);
    hop.sinceNs = System.nanoTime();
    hop.reason = reason;
    return hop;
  }

  private NetlinkRequest about(NextHop hop, int type, int flags, int use) {
    return new NetlinkRequest(type, flags)
        .u8(hop.address.v6() ? SocketCalls.AF_INET6 : SocketCalls.AF_INET)
        .zeros(3)
        .u32(index)
        .u16(0)
        .u8(use)
        .u8(0)
        .attribute(NDA_DST, NDA_DST, hop.address);
  }

  private void resolve(NextHop hop) {
    boolean known = false;
    try {
      NetlinkRequest request = about(hop, GET_NEIGHBOUR, NetlinkRequest.ACK, 0);
      for (NetlinkReply reply : requests.request("no neighbour " + hop.address, request)) {
        if (reply.type() == NEW_NEIGHBOUR && reply.body().remaining() >= NDMSG_BYTES) {
          known |= take(hop, reply);
        }
      }
    } catch (NetlinkException e) {
      // ENOENT: nobody has talked to it yet.
      known = false;
    } catch (IOException e) {
      throw new DeviceException(String.valueOf(e.getMessage()));
    }
    if (!known) {
      ask(hop);
    }
  }

  private void ask(NextHop hop) {
    if (hop.state != NextHop.State.ASKED) {
      asked++;
    }
    hop.state = NextHop.State.ASKED;
    hop.sinceNs = System.nanoTime();
    use(hop);
  }

  /** Makes the kernel ask, or ask again, as it does when it sends something there itself. */
  private void use(NextHop hop) {
    hop.stale = false;
    try {
      int flags = NetlinkRequest.ACK | CREATE_OR_REPLACE;
      List<NetlinkReply> _ =
          requests.request(
              "cannot ask for the neighbour " + hop.address,
              about(hop, NEW_NEIGHBOUR, flags, NTF_USE));
    } catch (IOException e) {
      if (hop.state == NextHop.State.ASKED) {
        failed(hop, String.valueOf(e.getMessage()));
      }
    }
  }

  /** Takes over what the kernel says of a neighbour; true if packets can be sent to it. */
  private boolean take(NextHop hop, NetlinkReply reply) {
    int state = reply.body().getShort(NDM_STATE);
    NetlinkAttributes said = reply.attributes(NDMSG_BYTES);
    ByteBuffer link = said.bytes(NDA_LLADDR, 6);
    if ((state & USABLE) != 0 && said.has(NDA_LLADDR)) {
      settled(hop);
      hop.link(link);
      hop.stale = (state & STALE) != 0;
      return true;
    }
    if ((state & FAILED) != 0 && hop.state != NextHop.State.FAILED) {
      failed(hop, hop.address + " does not answer on " + device + " (ARP, neighbour discovery)");
    }
    return false;
  }

  private void settled(NextHop hop) {
    if (hop.state == NextHop.State.ASKED) {
      asked--;
    }
  }

  private void failed(NextHop hop, String reason) {
    settled(hop);
    hop.state = NextHop.State.FAILED;
    hop.sinceNs = System.nanoTime();
    hop.reason = reason;
  }

  /** Gives up those that have not answered for 3 s. */
  void expire() {
    long nowNs = System.nanoTime();
    for (NextHop hop : hops.values()) {
      if (hop.state == NextHop.State.ASKED && nowNs - hop.sinceNs > PATIENCE_NS) {
        failed(hop, hop.address + " has not answered on " + device + " for 3 s");
      }
    }
  }

  private void forgetWays() {
    flows.clear();
    Arrays.fill(slots, null);
  }

  /** Takes what news there are; never waits. */
  void takeNews() {
    try {
      while (news.hasNews()) {
        news.news(0).forEach(this::take);
      }
    } catch (NetlinkException e) {
      if (e.errno() != Errno.ENOBUFS) {
        throw new DeviceException(String.valueOf(e.getMessage()));
      }
      // Some were lost: everything is asked for again.
      forgetWays();
      linkChanged = true;
      hops.values().forEach(this::resolve);
    } catch (IOException e) {
      throw new DeviceException(String.valueOf(e.getMessage()));
    }
  }

  private void take(NetlinkReply reply) {
    int type = reply.type();
    if (type == NEW_ROUTE || type == DELETE_ROUTE) {
      forgetWays();
    } else if (type == NEW_LINK || type == DELETE_LINK) {
      boolean ours =
          reply.body().remaining() >= LINK_BYTES
              && reply.attributes(LINK_BYTES).text(IFLA_NAME).equals(device);
      linkChanged |= ours;
    } else if ((type == NEW_NEIGHBOUR || type == DELETE_NEIGHBOUR)
        && reply.body().remaining() >= NDMSG_BYTES
        && reply.body().getInt(NDM_INDEX) == index) {
      boolean v6 = reply.body().get(0) == SocketCalls.AF_INET6;
      NetlinkAttributes said = reply.attributes(NDMSG_BYTES);
      NextHop hop = hops.get(v6 ? said.address(-1, NDA_DST) : said.address(NDA_DST, -1));
      if (hop != null && type == NEW_NEIGHBOUR) {
        boolean _ = take(hop, reply);
      } else if (hop != null) {
        // The kernel has forgotten it, as nobody else used it; we go on, and it asks anew.
        hop.stale = hop.state == NextHop.State.KNOWN;
      }
    }
  }

  @Override
  public void close() {
    requests.close();
    news.close();
  }
}
