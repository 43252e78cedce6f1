package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;

/**
 * What the root queueing discipline of an interface has counted, by rtnetlink.
 *
 * @param kind such as tbf; empty if the interface has none
 * @param queuedBytes waiting now
 */
public record QueueCounters(
    String kind, long droppedPackets, long queuedBytes, long queuedPackets) {
  private static final int GET_QDISC = 38;

  // struct tcmsg
  private static final int TCMSG_BYTES = 20;
  private static final int INDEX = 4;
  private static final int PARENT = 12;
  private static final int ROOT = -1;

  private static final int TCA_KIND = 1;
  private static final int TCA_STATS2 = 7;
  private static final int STATS_QUEUE = 3;

  // struct gnet_stats_queue
  private static final int QUEUE_BYTES = 20;
  private static final int BACKLOG = 4;
  private static final int DROPS = 8;

  private static final QueueCounters NONE = new QueueCounters("", 0, 0, 0);

  /**
   * Asks the kernel.
   *
   * @throws DeviceException if there is no such interface
   */
  public static QueueCounters read(NetworkNamespace namespace, String device) {
    int index = namespace.interfaceIndex(device);
    NetlinkRequest request = new NetlinkRequest(GET_QDISC, NetlinkRequest.DUMP).zeros(TCMSG_BYTES);
    try (Netlink netlink = Netlink.open(Netlink.ROUTE, namespace)) {
      for (NetlinkReply reply : netlink.request("cannot list the queues", request)) {
        if (reply.body().remaining() >= TCMSG_BYTES
            && reply.body().getInt(INDEX) == index
            && reply.body().getInt(PARENT) == ROOT) {
          return of(reply.attributes(TCMSG_BYTES));
        }
      }
      return NONE;
    } catch (IOException e) {
      throw new DeviceException(String.valueOf(e.getMessage()));
    }
  }

  private static QueueCounters of(NetlinkAttributes found) {
    var queue = found.nested(TCA_STATS2).bytes(STATS_QUEUE, QUEUE_BYTES);
    return new QueueCounters(
        found.text(TCA_KIND),
        Integer.toUnsignedLong(queue.getInt(DROPS)),
        Integer.toUnsignedLong(queue.getInt(BACKLOG)),
        Integer.toUnsignedLong(queue.getInt(0)));
  }
}
