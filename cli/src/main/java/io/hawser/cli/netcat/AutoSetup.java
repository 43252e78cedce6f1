package io.hawser.cli.netcat;

import io.hawser.cli.netcat.Uplinks.Uplink;
import io.hawser.linux.Ip;
import io.hawser.linux.Leftover;
import io.hawser.linux.Leftovers;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code --auto} makes: one address of the stack for each uplink of the machine, and rules and
 * NAT so that what leaves from that address goes out by that uplink. Everything is noted in {@link
 * Leftovers} first and undone on exit, or by the next start.
 */
final class AutoSetup {
  private static final String NET = "10.213.";
  private static final int FIRST_TABLE = 7130;
  private static final String NFT_TABLE = "hwauto";

  private final Ip ip = Ip.here();
  private final Leftovers leftovers = Leftovers.ofThisProcess();
  private final String tun;
  private final List<IpAddress> addresses = new ArrayList<>();

  AutoSetup(String tun) {
    this.tun = tun;
  }

  List<IpAddress> addresses() {
    return addresses;
  }

  /** Everything but the device itself; the TUN must exist. */
  void run() {
    List<Uplink> uplinks = Uplinks.find(ip);
    if (uplinks.isEmpty()) {
      throw new DeviceException(
          "this machine has no IPv4 default route, so --auto finds no uplink; give --tun and --address");
    }
    sysctl("net/ipv4/ip_forward", "1");
    make("nft delete table ip " + NFT_TABLE, "nft", "add", "table", "ip", NFT_TABLE);
    ip.command(
        "nft", "add chain ip " + NFT_TABLE + " out { type nat hook postrouting priority 100 ; }");
    for (int n = 0; n < uplinks.size(); n++) {
      uplink(n, uplinks.get(n));
    }
    ip.up(tun);
  }

  private void uplink(int n, Uplink uplink) {
    String host = NET + n + ".1/24";
    String stack = NET + n + ".2";
    String table = String.valueOf(FIRST_TABLE + n);
    ip.address(tun, host);
    String rule = "from " + stack + " lookup " + table;
    make("ip rule del " + rule, words("ip rule add " + rule));
    String via = uplink.gateway().isEmpty() ? "" : " via " + uplink.gateway();
    make(
        "ip route flush table " + table,
        words("ip route add default" + via + " dev " + uplink.device() + " table " + table));
    ip.command(
        "nft",
        "add rule ip "
            + NFT_TABLE
            + " out ip saddr "
            + stack
            + " oifname \""
            + uplink.device()
            + "\" masquerade");
    addresses.add(IpAddress.parse(stack));
  }

  private static String[] words(String command) {
    return command.split(" ");
  }

  private void make(String undo, String... command) {
    leftovers.willMake(new Leftover.ByCommand(undo));
    ip.command(command);
  }

  private void sysctl(String path, String value) {
    String before = ip.sysctl(path);
    if (!before.equals(value)) {
      leftovers.willMake(new Leftover.Sysctl(path, before));
      ip.sysctl(path, value);
    }
  }
}
