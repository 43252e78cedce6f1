package io.hawser.cli.netcat;

import io.hawser.cli.netcat.Uplinks.Uplink;
import io.hawser.linux.Ip;
import io.hawser.linux.Leftover;
import io.hawser.linux.Leftovers;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code --auto} makes: one address of the stack for each uplink of the machine and each of IP
 * versions 4 and 6, and rules and NAT so that what leaves from that address goes out by that
 * uplink. Everything is noted in {@link Leftovers} first and undone on exit, or by the next start.
 */
final class AutoSetup {
  private static final int FIRST_TABLE = 7130;
  private static final String NFT_TABLE = "hwauto";

  /** What differs between the IP versions. */
  private enum Family {
    V4("ip", "ip"),
    V6("ip -6", "ip6");

    final String command;
    final String nft;

    Family(String command, String nft) {
      this.command = command;
      this.nft = nft;
    }

    /** The address on the TUN, with its prefix length. */
    String host(int n) {
      return this == V4 ? "10.213." + n + ".1/24" : "fd68:6177:7365:" + n + "::1/64";
    }

    /** The stack's address. */
    String stack(int n) {
      return this == V4 ? "10.213." + n + ".2" : "fd68:6177:7365:" + n + "::2";
    }
  }

  private final Ip ip = Ip.here();
  private final Leftovers leftovers = Leftovers.ofThisProcess();
  private final String tun;
  private final Map<IpAddress, String> addresses = new LinkedHashMap<>();

  AutoSetup(String tun) {
    this.tun = tun;
  }

  /** The stack's addresses, and the uplink that each leaves by. */
  Map<IpAddress, String> addresses() {
    return addresses;
  }

  /** Everything but the device itself; the TUN must exist. */
  void run() {
    List<Uplink> v4 = Uplinks.find(null, false);
    List<Uplink> v6 = Uplinks.find(null, true);
    if (v4.isEmpty() && v6.isEmpty()) {
      throw new DeviceException(
          "this machine has no default route, so --auto finds no uplink; give --tun and --address");
    }
    if (!v4.isEmpty()) {
      sysctl("net/ipv4/ip_forward", "1");
      family(Family.V4, v4);
    }
    if (!v6.isEmpty()) {
      for (Uplink uplink : v6) {
        // A router ignores advertisements unless told otherwise: the uplink would lose its route.
        String acceptRa = "net/ipv6/conf/" + uplink.device() + "/accept_ra";
        if (ip.sysctl(acceptRa).equals("1")) {
          sysctl(acceptRa, "2");
        }
      }
      sysctl("net/ipv6/conf/all/forwarding", "1");
      family(Family.V6, v6);
    }
    ip.up(tun);
  }

  private void family(Family family, List<Uplink> uplinks) {
    String table = family.nft + " " + NFT_TABLE;
    make("nft delete table " + table, words("nft add table " + table));
    ip.command("nft", "add chain " + table + " out { type nat hook postrouting priority 100 ; }");
    for (int n = 0; n < uplinks.size(); n++) {
      uplink(family, n, uplinks.get(n));
    }
  }

  private void uplink(Family family, int n, Uplink uplink) {
    String stack = family.stack(n);
    String table = String.valueOf(FIRST_TABLE + n);
    ip.address(tun, family.host(n));
    String rule = "from " + stack + " lookup " + table;
    make(family.command + " rule del " + rule, words(family.command + " rule add " + rule));
    String via = uplink.gateway().isEmpty() ? "" : " via " + uplink.gateway();
    make(
        family.command + " route flush table " + table,
        words(
            family.command
                + " route add default"
                + via
                + " dev "
                + uplink.device()
                + " table "
                + table));
    ip.command(
        "nft",
        "add rule "
            + family.nft
            + " "
            + NFT_TABLE
            + " out "
            + family.nft
            + " saddr "
            + stack
            + " oifname \""
            + uplink.device()
            + "\" masquerade");
    addresses.put(IpAddress.parse(stack), uplink.device());
  }

  private static String[] words(String command) {
    return command.split(" ");
  }

  private void make(String undo, String... command) {
    leftovers.make(new Leftover.ByCommand(undo), () -> run(command));
  }

  private void run(String... command) {
    String _ = ip.command(command);
  }

  private void sysctl(String path, String value) {
    String before = ip.sysctl(path);
    if (!before.equals(value)) {
      leftovers.make(new Leftover.Sysctl(path, before), () -> ip.sysctl(path, value));
    }
  }
}
