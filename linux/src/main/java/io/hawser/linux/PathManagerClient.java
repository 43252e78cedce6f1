package io.hawser.linux;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's MPTCP path manager in one network namespace, by generic netlink: what {@code ip
 * mptcp} does, and the commands for a path manager in user space ({@code
 * net.mptcp.path_manager=userspace}). Changes and events take CAP_NET_ADMIN there.
 */
public final class PathManagerClient implements Closeable {
  private static final String FAMILY = "mptcp_pm";
  private static final String EVENTS = "mptcp_pm_events";
  private static final String REMEDY = "a kernel with CONFIG_MPTCP is needed, Linux 5.6 or later";

  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int GET = 3;
  private static final int FLUSH = 4;
  private static final int SET_LIMITS = 5;
  private static final int GET_LIMITS = 6;
  private static final int SET_FLAGS = 7;
  private static final int ANNOUNCE = 8;
  private static final int REMOVE = 9;
  private static final int SUBFLOW_CREATE = 10;
  private static final int SUBFLOW_DESTROY = 11;

  private static final int ADDRESS = 1;
  private static final int ACCEPTED = 2;
  private static final int SUBFLOWS = 3;
  private static final int TOKEN = 4;
  private static final int LOCAL_ID = 5;
  private static final int REMOTE = 6;

  private static final int FAMILY_OF = 1;
  private static final int ID = 2;
  private static final int IN4 = 3;
  private static final int IN6 = 4;
  private static final int PORT = 5;
  private static final int FLAGS = 6;
  private static final int INTERFACE = 7;

  /** How much the in-kernel path manager may do for each connection. */
  public record Limits(int subflows, int acceptedAddresses) {}

  private final @Nullable NetworkNamespace namespace;
  private final Netlink netlink;
  private final Netlink.Family family;

  private PathManagerClient(
      @Nullable NetworkNamespace namespace, Netlink netlink, Netlink.Family family) {
    this.namespace = namespace;
    this.netlink = netlink;
    this.family = family;
  }

  /**
   * Opens the path manager of a namespace; null is the program's own.
   *
   * @throws NetlinkException ENOENT if the kernel has no MPTCP
   */
  public static PathManagerClient open(@Nullable NetworkNamespace namespace) throws IOException {
    Netlink netlink = Netlink.open(Netlink.GENERIC, namespace);
    try {
      return new PathManagerClient(namespace, netlink, netlink.family(FAMILY, REMEDY));
    } catch (IOException e) {
      netlink.close();
      throw e;
    }
  }

  private NetlinkRequest command(int command) {
    return NetlinkRequest.generic(family.id(), NetlinkRequest.ACK, command);
  }

  private void run(String what, NetlinkRequest request) throws IOException {
    List<NetlinkReply> _ = netlink.request(what, request);
  }

  // ---- endpoints and limits of the in-kernel path manager ----

  /**
   * Adds an endpoint; connections that are there already use it too.
   *
   * @throws NetlinkException EEXIST if its address or number is taken
   */
  public void add(KernelEndpoint endpoint) throws IOException {
    NetlinkRequest request = command(ADD);
    put(request, ADDRESS, endpoint);
    run("cannot add the endpoint " + endpoint.address(), request);
  }

  /** Removes an endpoint; its subflows are closed. */
  public void delete(int id) throws IOException {
    NetlinkRequest request = command(DELETE);
    int nest = request.nest(ADDRESS);
    run("cannot delete the endpoint " + id, request.attribute8(ID, id).end(nest));
  }

  /** Removes all endpoints. */
  public void flush() throws IOException {
    run("cannot flush the endpoints", command(FLUSH));
  }

  /** All endpoints. */
  public List<KernelEndpoint> endpoints() throws IOException {
    NetlinkRequest request = NetlinkRequest.generic(family.id(), NetlinkRequest.DUMP, GET);
    List<KernelEndpoint> all = new ArrayList<>();
    for (NetlinkReply reply : netlink.request("cannot list the endpoints", request)) {
      NetlinkAttributes found = reply.attributes(4).nested(ADDRESS);
      all.add(
          new KernelEndpoint(
              found.u8(ID),
              found.address(IN4, IN6),
              found.u16(PORT),
              KernelEndpoint.flags(found.i32(FLAGS)),
              found.i32(INTERFACE)));
    }
    return all;
  }

  /** Makes an endpoint a backup and a full mesh, or not; its subflows follow. */
  public void change(int id, boolean backup, boolean fullmesh) throws IOException {
    NetlinkRequest request = command(SET_FLAGS);
    int nest = request.nest(ADDRESS);
    request.attribute8(ID, id).attribute32(FLAGS, backupAnd(backup, fullmesh)).end(nest);
    run("cannot change the endpoint " + id, request);
  }

  private static int backupAnd(boolean backup, boolean fullmesh) {
    return (backup ? KernelEndpoint.bits(Set.of(KernelEndpoint.Flag.BACKUP)) : 0)
        | (fullmesh ? KernelEndpoint.bits(Set.of(KernelEndpoint.Flag.FULLMESH)) : 0);
  }

  /** The limits of connections. */
  public Limits limits() throws IOException {
    List<NetlinkReply> answer = netlink.request("cannot read the limits", command(GET_LIMITS));
    NetlinkAttributes found = answer.getFirst().attributes(4);
    return new Limits(found.i32(SUBFLOWS), found.i32(ACCEPTED));
  }

  /** Sets them; the kernel allows up to 8 each. */
  public void limits(Limits wanted) throws IOException {
    NetlinkRequest request =
        command(SET_LIMITS)
            .attribute32(ACCEPTED, wanted.acceptedAddresses())
            .attribute32(SUBFLOWS, wanted.subflows());
    run("cannot set the limits " + wanted, request);
  }

  // ---- a path manager in user space ----

  /** Announces an address to a connection's peer. */
  public void announce(int token, KernelEndpoint endpoint) throws IOException {
    NetlinkRequest request = command(ANNOUNCE).attribute32(TOKEN, token);
    put(request, ADDRESS, endpoint);
    run("cannot announce " + endpoint.address(), request);
  }

  /** Takes an announced address back, and closes its subflows. */
  public void remove(int token, int localId) throws IOException {
    NetlinkRequest request =
        command(REMOVE).attribute32(TOKEN, token).attribute8(LOCAL_ID, localId);
    run("cannot remove the address " + localId, request);
  }

  /**
   * Opens a subflow of a connection; the event {@link KernelPathEvent.SubflowEstablished} follows.
   *
   * @param local with a number of its own, not 0
   */
  public void createSubflow(int token, KernelEndpoint local, Endpoint remote) throws IOException {
    NetlinkRequest request = command(SUBFLOW_CREATE).attribute32(TOKEN, token);
    put(request, ADDRESS, local);
    put(request, REMOTE, remote);
    run("cannot open a subflow from " + local.address() + " to " + remote, request);
  }

  /** Closes a subflow of a connection. */
  public void destroySubflow(int token, Endpoint local, Endpoint remote) throws IOException {
    NetlinkRequest request = command(SUBFLOW_DESTROY).attribute32(TOKEN, token);
    put(request, ADDRESS, local);
    put(request, REMOTE, remote);
    run("cannot close the subflow from " + local + " to " + remote, request);
  }

  /** Makes a subflow a backup or not (MP_PRIO), where the path manager is in user space. */
  public void priority(int token, Endpoint local, Endpoint remote, boolean backup)
      throws IOException {
    NetlinkRequest request = command(SET_FLAGS).attribute32(TOKEN, token);
    int nest = request.nest(ADDRESS);
    putFields(request, local);
    request.attribute32(FLAGS, backupAnd(backup, false)).end(nest);
    put(request, REMOTE, remote);
    run("cannot set the priority of the subflow from " + local + " to " + remote, request);
  }

  private static void put(NetlinkRequest request, int type, KernelEndpoint endpoint) {
    int nest = request.nest(type);
    putFields(request, new Endpoint(endpoint.address(), endpoint.port()));
    if (endpoint.id() != 0) {
      request.attribute8(ID, endpoint.id());
    }
    if (!endpoint.flags().isEmpty()) {
      request.attribute32(FLAGS, KernelEndpoint.bits(endpoint.flags()));
    }
    if (endpoint.interfaceIndex() != 0) {
      request.attribute32(INTERFACE, endpoint.interfaceIndex());
    }
    request.end(nest);
  }

  private static void put(NetlinkRequest request, int type, Endpoint endpoint) {
    int nest = request.nest(type);
    putFields(request, endpoint);
    request.end(nest);
  }

  private static void putFields(NetlinkRequest request, Endpoint endpoint) {
    IpAddress address = endpoint.address();
    request.attribute16(FAMILY_OF, address.v6() ? SocketCalls.AF_INET6 : SocketCalls.AF_INET);
    request.attribute(IN4, IN6, address);
    if (endpoint.port() != 0) {
      // In the machine's order here, unlike the ports of events.
      request.attribute16(PORT, endpoint.port());
    }
  }

  // ---- events ----

  /** Subscribes to the events of all connections of the namespace. */
  public KernelPathEvents events() throws IOException {
    Netlink news = Netlink.open(Netlink.GENERIC, namespace);
    try {
      news.join(family.group(EVENTS), "the path manager's events");
      return new KernelPathEvents(news, family.id());
    } catch (IOException e) {
      news.close();
      throw e;
    }
  }

  @Override
  public void close() {
    netlink.close();
  }
}
