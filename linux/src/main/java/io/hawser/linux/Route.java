package io.hawser.linux;

import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A unicast route of the kernel, by rtnetlink.
 *
 * @param destination network address; 0.0.0.0 or :: for a default route
 * @param prefixBits 0 for a default route
 * @param table number of the routing table; 254 is main
 * @param metric the lower, the more preferred
 * @param hops where packets go; several for a multipath route, none that is dead
 */
public record Route(IpAddress destination, int prefixBits, int table, long metric, List<Hop> hops) {
  /** The table that programs' packets are routed by unless a rule says otherwise. */
  public static final int MAIN = 254;

  private static final int GET_LINK = 18;
  private static final int IFINFOMSG_BYTES = 16;
  private static final int IFLA_IFNAME = 3;

  private static final int NEW_ROUTE = 24;
  private static final int GET_ROUTE = 26;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int UNICAST = 1;
  private static final int CLONED = 0x200;
  private static final int DEAD = 1;

  // struct rtmsg
  private static final int RTMSG_BYTES = 12;
  private static final int PREFIX = 1;
  private static final int TABLE = 4;
  private static final int TYPE = 7;
  private static final int FLAGS = 8;

  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_PRIORITY = 6;
  private static final int RTA_MULTIPATH = 9;
  private static final int RTA_TABLE = 15;
  private static final int RTA_VIA = 18;

  // struct rtnexthop
  private static final int NEXT_HOP_BYTES = 8;
  private static final int NEXT_HOP_FLAGS = 2;
  private static final int NEXT_HOP_INDEX = 4;

  /**
   * A way out.
   *
   * @param device name of the interface
   * @param gateway the next router; null on a link where everybody is a neighbour
   */
  public record Hop(String device, @Nullable IpAddress gateway) {}

  /** True for 0.0.0.0/0 and ::/0. */
  public boolean isDefault() {
    return prefixBits == 0;
  }

  /**
   * All unicast routes of an IP version, of every table, the lowest metric first.
   *
   * @param namespace where to ask; null is the program's own
   * @throws DeviceException if the kernel does not answer
   */
  public static List<Route> list(@Nullable NetworkNamespace namespace, boolean v6) {
    try (Netlink netlink = Netlink.open(Netlink.ROUTE, namespace)) {
      Map<Integer, String> devices = devices(netlink);
      NetlinkRequest request =
          new NetlinkRequest(GET_ROUTE, NetlinkRequest.DUMP)
              .u8(v6 ? AF_INET6 : AF_INET)
              .zeros(RTMSG_BYTES - 1);
      List<Route> all = new ArrayList<>();
      for (NetlinkReply reply : netlink.request("cannot list the routes", request)) {
        Route route = reply.type() == NEW_ROUTE ? read(reply.body(), devices) : null;
        if (route != null) {
          all.add(route);
        }
      }
      // Stable: equal metrics stay in the kernel's order.
      all.sort(Comparator.comparingLong(Route::metric));
      return all;
    } catch (IOException e) {
      throw new DeviceException(String.valueOf(e.getMessage()));
    }
  }

  private static Map<Integer, String> devices(Netlink netlink) throws IOException {
    NetlinkRequest request =
        new NetlinkRequest(GET_LINK, NetlinkRequest.DUMP).zeros(IFINFOMSG_BYTES);
    Map<Integer, String> names = new HashMap<>();
    for (NetlinkReply reply : netlink.request("cannot list the interfaces", request)) {
      if (reply.body().remaining() >= IFINFOMSG_BYTES) {
        String name = reply.attributes(IFINFOMSG_BYTES).text(IFLA_IFNAME);
        names.put(reply.body().getInt(4), name);
      }
    }
    return names;
  }

  /** One RTM_NEWROUTE; null for what is no unicast route, for cached ones, and for cut ones. */
  static @Nullable Route read(ByteBuffer body, Map<Integer, String> devices) {
    if (body.remaining() < RTMSG_BYTES
        || body.get(TYPE) != UNICAST
        || (body.getInt(FLAGS) & CLONED) != 0) {
      return null;
    }
    boolean v6 = body.get(0) == AF_INET6;
    NetlinkAttributes said = NetlinkAttributes.read(body, RTMSG_BYTES);
    List<Hop> hops = new ArrayList<>();
    if (said.has(RTA_MULTIPATH)) {
      multipath(said.bytes(RTA_MULTIPATH, 0), v6, devices, hops);
    } else {
      hop(said, said.i32(RTA_OIF), body.getInt(FLAGS), v6, devices, hops);
    }
    IpAddress to = address(said, RTA_DST, v6);
    return new Route(
        to == null ? v6 ? IpAddress.ANY6 : IpAddress.ANY4 : to,
        body.get(PREFIX) & 0xff,
        said.has(RTA_TABLE) ? said.i32(RTA_TABLE) : body.get(TABLE) & 0xff,
        Integer.toUnsignedLong(said.i32(RTA_PRIORITY)),
        List.copyOf(hops));
  }

  private static void multipath(
      ByteBuffer hops, boolean v6, Map<Integer, String> devices, List<Hop> into) {
    int at = 0;
    while (at + NEXT_HOP_BYTES <= hops.limit()) {
      int length = hops.getShort(at) & 0xffff;
      if (length < NEXT_HOP_BYTES || length > hops.limit() - at) {
        return;
      }
      ByteBuffer one = hops.slice(at, length).order(ByteOrder.nativeOrder());
      hop(
          NetlinkAttributes.read(one, NEXT_HOP_BYTES),
          one.getInt(NEXT_HOP_INDEX),
          one.get(NEXT_HOP_FLAGS),
          v6,
          devices,
          into);
      at += length + 3 & ~3;
    }
  }

  private static void hop(
      NetlinkAttributes said,
      int index,
      int flags,
      boolean v6,
      Map<Integer, String> devices,
      List<Hop> into) {
    String device = devices.get(index);
    if (device != null && (flags & DEAD) == 0) {
      IpAddress gateway = address(said, RTA_GATEWAY, v6);
      into.add(new Hop(device, gateway == null ? via(said) : gateway));
    }
  }

  private static @Nullable IpAddress address(NetlinkAttributes said, int type, boolean v6) {
    if (!said.has(type)) {
      return null;
    }
    return v6 ? said.address(-1, type) : said.address(type, -1);
  }

  /** An IPv4 route over a router that is known by an IPv6 address (RFC 5549). */
  private static @Nullable IpAddress via(NetlinkAttributes said) {
    ByteBuffer via = said.bytes(RTA_VIA, 2);
    boolean whole = said.has(RTA_VIA) && via.getShort(0) == AF_INET6 && via.limit() >= 18;
    if (!whole) {
      return null;
    }
    byte[] address = new byte[16];
    via.get(2, address);
    return IpAddress.of(address);
  }
}
