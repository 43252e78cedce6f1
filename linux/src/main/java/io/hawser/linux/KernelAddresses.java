package io.hawser.linux;

import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The kernel's own addresses, by rtnetlink. */
final class KernelAddresses {
  private static final int NEW_ADDRESS = 20;
  private static final int GET_ADDRESS = 22;
  private static final int NEW_ROUTE = 24;
  private static final int GET_ROUTE = 26;
  private static final int RTMSG_BYTES = 12;
  private static final int RTM_TYPE = 7;
  private static final int RTN_LOCAL = 2;
  private static final int RTA_DST = 1;

  // struct ifaddrmsg
  private static final int IFADDRMSG_BYTES = 8;
  private static final int FLAGS = 2;
  private static final int SCOPE = 3;
  private static final int INDEX = 4;
  private static final int UNUSABLE = 0x08 | 0x20 | 0x40;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;

  private KernelAddresses() {}

  /** An interface's first global address of each IP version, IPv4 before IPv6. */
  static List<IpAddress> first(Netlink netlink, int index) throws IOException {
    NetlinkRequest request =
        new NetlinkRequest(GET_ADDRESS, NetlinkRequest.DUMP).zeros(IFADDRMSG_BYTES);
    List<IpAddress> found = new ArrayList<>();
    for (NetlinkReply reply : netlink.request("cannot list the addresses", request)) {
      if (reply.type() == NEW_ADDRESS
          && reply.body().remaining() >= IFADDRMSG_BYTES
          && reply.body().getInt(INDEX) == index
          && reply.body().get(SCOPE) == 0
          && (reply.body().get(FLAGS) & UNUSABLE) == 0) {
        boolean v6 = reply.body().get(0) == SocketCalls.AF_INET6;
        NetlinkAttributes said = reply.attributes(IFADDRMSG_BYTES);
        int type = said.has(IFA_LOCAL) ? IFA_LOCAL : IFA_ADDRESS;
        if (found.stream().noneMatch(one -> one.v6() == v6)) {
          found.add(v6 ? said.address(-1, type) : said.address(type, -1));
        }
      }
    }
    found.sort((a, b) -> Boolean.compare(a.v6(), b.v6()));
    return found;
  }

  /** Whether the kernel takes packets to an address for its own. */
  static boolean isLocal(Netlink netlink, IpAddress address) throws IOException {
    NetlinkRequest request =
        new NetlinkRequest(GET_ROUTE, NetlinkRequest.ACK)
            .u8(address.v6() ? SocketCalls.AF_INET6 : SocketCalls.AF_INET)
            .u8(address.v6() ? 128 : 32)
            .zeros(RTMSG_BYTES - 2)
            .attribute(RTA_DST, RTA_DST, address);
    try {
      for (NetlinkReply reply : netlink.request("no route to " + address, request)) {
        if (reply.type() == NEW_ROUTE && reply.body().remaining() >= RTMSG_BYTES) {
          return reply.body().get(RTM_TYPE) == RTN_LOCAL;
        }
      }
      return false;
    } catch (NetlinkException e) {
      return false;
    }
  }
}
