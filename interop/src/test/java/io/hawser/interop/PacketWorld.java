package io.hawser.interop;

import io.hawser.linux.Ip;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.PacketSocketGroup;
import io.hawser.linux.PacketSocketOptions;
import io.hawser.linux.PortRange;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Two namespaces joined by two Ethernet pairs; Hawser on packet sockets in the near one, the kernel
 * in the far one. On pair n the near end has 10.8n.0.1 and fd8n::1, the far one 10.8n.0.2 and
 * fd8n::2; the near kernel has Hawser's addresses too, with other ports.
 */
final class PacketWorld implements AutoCloseable {
  static final int PATHS = 2;
  static final int PORT = 5201;

  final NetworkNamespace near = NetworkNamespace.anonymous();
  final NetworkNamespace far = NetworkNamespace.anonymous();
  final Ip nearIp = new Ip(near);
  final Ip farIp = new Ip(far);

  PacketWorld() {
    // Until an interface's link-local address is tried out the kernel asks for no neighbour there.
    List<String> noTrial =
        List.of("net/ipv6/conf/all/accept_dad=0", "net/ipv6/conf/default/accept_dad=0");
    nearIp.sysctls(noTrial);
    farIp.sysctls(noTrial);
    for (int n = 1; n <= PATHS; n++) {
      nearIp.veth(nearDevice(n), "hwpf" + n, far);
      nearIp.address(nearDevice(n), "10.8" + n + ".0.1/24");
      nearIp.address(nearDevice(n), "fd8" + n + "::1/64");
      farIp.address("hwpf" + n, "10.8" + n + ".0.2/24");
      farIp.address("hwpf" + n, "fd8" + n + "::2/64");
      nearIp.up(nearDevice(n));
      farIp.up("hwpf" + n);
    }
    // Each interface leads everywhere, as those of a machine with two providers do.
    for (int n = 1; n <= PATHS; n++) {
      String way = " dev " + nearDevice(n) + " metric " + n;
      nearIp.ip("route add default via " + kernelAddress(n, false) + way);
      nearIp.ip("-6 route add default via " + kernelAddress(n, true) + way);
    }
    farIp.mptcp("limits set subflows 8 add_addr_accepted 8");
  }

  static String nearDevice(int path) {
    return "hwpn" + path;
  }

  static IpAddress hawserAddress(int path, boolean v6) {
    return IpAddress.parse(v6 ? "fd8" + path + "::1" : "10.8" + path + ".0.1");
  }

  static IpAddress kernelAddress(int path, boolean v6) {
    return IpAddress.parse(v6 ? "fd8" + path + "::2" : "10.8" + path + ".0.2");
  }

  /** A stack on so many interfaces as a program opens it. */
  Hawser hawser(int paths) {
    return near.run(() -> {
      HawserConfig config = new HawserConfig().name("hawser-packet");
      config.ports(PortRange.ABOVE_EPHEMERAL).ports(PortRange.of(PORT));
      for (int n = 1; n <= paths; n++) {
        config.packetSocket(nearDevice(n));
      }
      return Hawser.open(config);
    });
  }

  /** The devices themselves, for their counters. */
  PacketSocketGroup group(int paths) {
    List<PacketSocketOptions> all = new ArrayList<>();
    for (int n = 1; n <= paths; n++) {
      all.add(PacketSocketOptions.on(nearDevice(n)));
    }
    return near.run(() -> PacketSocketGroup.open(all));
  }

  /** A stack on devices that were opened before, with the ports that they have. */
  Hawser over(PacketSocketGroup group) {
    HawserConfig config = new HawserConfig().name("hawser-packet");
    group.addresses().keySet().forEach(config::address);
    return Hawser.over(group, config);
  }

  KernelSocket listener(boolean v6, boolean mptcp) {
    return far.run(() ->
        KernelSocket.open(v6, mptcp)
            .bind(new Endpoint(v6 ? IpAddress.ANY6 : IpAddress.ANY4, 0))
            .listen(64));
  }

  KernelSocket client(Endpoint to, boolean mptcp) {
    return far.run(() -> KernelSocket.open(to.address().v6(), mptcp).connect(to));
  }

  /** RSTs that the kernel beside Hawser has sent. */
  long resetsOfTheNearKernel() {
    return near.run(() -> {
      List<String> lines =
          Files.readAllLines(Path.of("/proc/thread-self/net/snmp")).stream()
              .filter(line -> line.startsWith("Tcp:"))
              .toList();
      List<String> names = List.of(lines.getFirst().split(" "));
      return Long.parseLong(lines.getLast().split(" ")[names.indexOf("OutRsts")]);
    });
  }

  /** The names of all nftables tables beside Hawser. */
  String tables() {
    return nearIp.command("nft", "list", "tables");
  }

  @Override
  public void close() throws IOException {
    near.close();
    far.close();
  }
}
