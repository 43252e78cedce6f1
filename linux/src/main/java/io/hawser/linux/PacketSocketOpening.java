package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.hawser.wire.Bytes;
import io.hawser.wire.DeviceException;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The steps from an interface's name to a bound packet socket, with errors that say what to do. */
final class PacketSocketOpening {
  static final int ARPHRD_ETHER = 1;
  static final int ARPHRD_LOOPBACK = 772;

  private static final int AF_PACKET = 17;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_VNET_HDR = 15;
  private static final int PACKET_IGNORE_OUTGOING = 23;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SO_REUSEADDR = 2;
  private static final int ETH_P_ALL = 3;
  private static final int SOCKADDR_LL_BYTES = 20;

  /** A full window of a fast connection waits here while the loop works; the kernel doubles it. */
  private static final int RECEIVE_BYTES = 16 << 20;

  /** A few super-segments, then the kernel says EAGAIN: a queue of our own would hide that. */
  private static final int SEND_BYTES = 128 << 10;

  private PacketSocketOpening() {}

  /** Checks that the interface can be used; its link layer as InterfaceControl has it. */
  static long check(String device, InterfaceControl control) {
    int index = control.index(device);
    if (index < 0) {
      throw new DeviceException(
          "there is no interface "
              + device
              + " in this network namespace (ENODEV); `ip -br link` lists them");
    }
    int flags = control.flags(device);
    if (flags >= 0 && (flags & InterfaceControl.IFF_UP) == 0) {
      throw new DeviceException(
          "the interface " + device + " is down; `ip link set " + device + " up`");
    }
    long link = control.linkLayer(device);
    int type = (int) (link >>> 48);
    if (link < 0 || (type != ARPHRD_ETHER && type != ARPHRD_LOOPBACK)) {
      throw new DeviceException(
          device
              + " is no Ethernet interface (its type is "
              + type
              + "), so a packet socket cannot use it; use a TUN device and let the kernel route");
    }
    return link;
  }

  /** Checks the interface and fills in its addresses, in the calling thread's namespace. */
  static PacketSocketOptions resolve(PacketSocketOptions wanted) {
    try (InterfaceControl control = new InterfaceControl();
        NetworkNamespace namespace = NetworkNamespace.current()) {
      long _ = check(wanted.device(), control);
      return addresses(wanted, namespace);
    }
  }

  private static PacketSocketOptions addresses(
      PacketSocketOptions options, NetworkNamespace namespace) {
    try (Netlink netlink = Netlink.open(Netlink.ROUTE, namespace)) {
      if (options.addresses().isEmpty()) {
        List<IpAddress> own = KernelAddresses.first(netlink, index(options, namespace));
        if (own.isEmpty()) {
          throw new DeviceException(
              options.device()
                  + " has no address of its own; give it one with `ip addr add 10.1.0.2/24 dev "
                  + options.device()
                  + "`, or name one that it has");
        }
        return options.addresses(own);
      }
      for (IpAddress address : options.addresses()) {
        if (!KernelAddresses.isLocal(netlink, address)) {
          throw new DeviceException(
              "this machine does not have the address "
                  + address
                  + ", so nobody would answer for it on the link; `ip addr add "
                  + address
                  + (address.v6() ? "/64" : "/24")
                  + " dev "
                  + options.device()
                  + "`");
        }
      }
      return options;
    } catch (IOException e) {
      throw new DeviceException(String.valueOf(e.getMessage()));
    }
  }

  private static int index(PacketSocketOptions options, NetworkNamespace namespace) {
    return namespace.interfaceIndex(options.device());
  }

  /** Fails if programs on the kernel's TCP use these ports, or may be given them. */
  static void checkPorts(PacketSocketOptions options, NetworkNamespace namespace) {
    for (PortRange range : options.ports()) {
      if (range.size() == 1) {
        options.addresses().forEach(address -> checkFree(new Endpoint(address, range.first())));
      } else if (!range.equals(PortRange.ALL)) {
        checkEphemeral(range, namespace);
      }
    }
  }

  private static void checkFree(Endpoint at) {
    boolean v6 = at.address().v6();
    int fd =
        SocketCalls.socket(
            v6 ? SocketCalls.AF_INET6 : SocketCalls.AF_INET, SocketCalls.SOCK_STREAM, 0);
    if (fd < 0) {
      return;
    }
    int _ = SocketCalls.setOption(fd, PacketFilter.SOL_SOCKET, SO_REUSEADDR, 1);
    int result = SocketCalls.bind(fd, at);
    Libc.close(fd);
    if (result == -Errno.EADDRINUSE) {
      throw new DeviceException(
          "a program listens on port "
              + at.port()
              + " of the kernel's TCP at "
              + at.address()
              + " (EADDRINUSE); stop it (`ss -ltnp` names it) or use another port");
    }
  }

  private static void checkEphemeral(PortRange range, NetworkNamespace namespace) {
    try {
      Ip ip = new Ip(namespace);
      String[] ends = ip.sysctl("net.ipv4.ip_local_port_range").split("\\s+");
      String reserved = ip.sysctl("net.ipv4.ip_local_reserved_ports");
      int first = Integer.parseInt(ends[0]);
      int last = Integer.parseInt(ends[1]);
      if (range.first() <= last && range.last() >= first && !reserved.contains(range.toString())) {
        throw new DeviceException(
            "the kernel gives ports "
                + first
                + "-"
                + last
                + " to connections of its own, among them some of "
                + range
                + "; use others, or `sysctl net.ipv4.ip_local_reserved_ports="
                + range
                + "`");
      }
    } catch (NumberFormatException e) {
      // Not to be known; the kernel's default leaves ours free.
      System.getLogger("hawser").log(System.Logger.Level.DEBUG, "local port range", e);
    }
  }

  /**
   * A socket for these addresses' packets with filter, offloads and buffers; it receives nothing
   * before it is bound.
   */
  static int open(List<IpAddress> addresses, List<PortRange> ports) {
    int fd = SocketCalls.socket(AF_PACKET, SocketCalls.SOCK_RAW | Libc.O_NONBLOCK, 0);
    if (fd < 0) {
      throw new DeviceException(
          "cannot open a packet socket ("
              + Errno.name(-fd)
              + "): "
              + switch (-fd) {
                case Errno.EPERM, Errno.EACCES ->
                    "it takes root or CAP_NET_RAW in this network namespace: use sudo, or start"
                        + " under `unshare -Urn`";
                case Errno.EAFNOSUPPORT -> "the kernel has none; `modprobe af_packet`";
                case Errno.EMFILE, Errno.ENFILE -> "too many open files; raise `ulimit -n`";
                default -> "unexpected";
              });
    }
    try {
      check(SocketCalls.setOption(fd, SOL_PACKET, PACKET_VNET_HDR, 1), "PACKET_VNET_HDR");
      // Linux before 4.20 copies them to us; the filter drops them then.
      int _ = SocketCalls.setOption(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
      check(PacketFilter.of(addresses, ports).attach(fd), "the socket's filter");
      int sol = PacketFilter.SOL_SOCKET;
      if (SocketCalls.setOption(fd, sol, SO_RCVBUFFORCE, RECEIVE_BYTES) < 0) {
        int _ = SocketCalls.setOption(fd, sol, SO_RCVBUF, RECEIVE_BYTES);
      }
      int _ = SocketCalls.setOption(fd, sol, SO_SNDBUF, SEND_BYTES);
      return fd;
    } catch (DeviceException e) {
      Libc.close(fd);
      throw e;
    }
  }

  private static void check(int result, String what) {
    if (result < 0) {
      throw new DeviceException("cannot set " + what + ": " + Errno.name(-result));
    }
  }

  /** Binds to an interface, from which packets come from now on; 0 or {@code -errno}. */
  static int bind(int fd, int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(SOCKADDR_LL_BYTES, 8);
      address.set(JAVA_SHORT, 0, (short) AF_PACKET);
      Bytes.put16(address, 2, ETH_P_ALL);
      address.set(JAVA_INT, 4, index);
      return SocketCalls.bind(fd, address);
    }
  }

  /** All that was opened of a device that could not be opened whole. */
  static void closeAll(List<AutoCloseable> parts) {
    for (AutoCloseable part : new ArrayList<>(parts).reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        System.getLogger("hawser").log(System.Logger.Level.DEBUG, "while closing", e);
      }
    }
  }
}
