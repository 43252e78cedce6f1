package io.hawser.linux;

import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the kernel's TCP from answering for ports that are ours: a table of nftables drops what
 * comes for them behind the packet socket and before the kernel's TCP, which would reset what it
 * does not know.
 */
final class KernelSilence implements AutoCloseable {
  private static final Pattern RULE =
      Pattern.compile("ip6? daddr (.+?) tcp dport (.+?) drop comment \"hwpkt\"");
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final NetworkNamespace namespace;
  private final String table;
  private final @Nullable Leftover leftover;
  private final AtomicBoolean closed = new AtomicBoolean();

  private KernelSilence(NetworkNamespace namespace, String table) {
    this.namespace = namespace;
    this.table = table;
    // Another namespace than the program's ends with whoever holds it.
    leftover =
        namespace.isThisProcess() ? new Leftover.ByCommand("nft delete table inet " + table) : null;
  }

  /**
   * Begins; what is made is written down before.
   *
   * @throws DeviceException with cause and remedy
   */
  static KernelSilence begin(NetworkNamespace namespace, PacketSocketOptions options) {
    String table = "hwpkt" + ProcessHandle.current().pid() + "n" + COUNT.incrementAndGet();
    KernelSilence silence = new KernelSilence(namespace, table);
    if (silence.leftover != null) {
      // What a killed program left would stand in the way.
      List<String> _ = Leftovers.sweep();
    }
    try {
      checkOthers(namespace, options);
    } catch (DeviceException e) {
      throw cannot(String.valueOf(e.getMessage()));
    }
    try {
      if (silence.leftover == null) {
        silence.make(options);
      } else {
        Leftovers.ofThisProcess().make(silence.leftover, () -> silence.make(options));
      }
      return silence;
    } catch (DeviceException e) {
      if (silence.leftover != null) {
        Leftovers.ofThisProcess().isGone(silence.leftover);
      }
      throw cannot(String.valueOf(e.getMessage()));
    }
  }

  private static DeviceException cannot(String why) {
    String remedy =
        why.contains("not supported") || why.contains("No such file")
            ? " - the kernel lacks nftables: `modprobe nf_tables`"
            : why.contains("not permitted") && !why.contains("sudo")
                ? " - it takes root or CAP_NET_ADMIN: use sudo, or start under `unshare -Urn`"
                : "";
    return new DeviceException(
        "cannot keep the kernel from resetting connections of the packet socket: " + why + remedy);
  }

  /** Two stacks with the same ports would each reset the other's connections. */
  private static void checkOthers(NetworkNamespace namespace, PacketSocketOptions options) {
    for (String line : Command.run(namespace, List.of("nft", "list", "ruleset")).lines().toList()) {
      Matcher rule = RULE.matcher(line);
      if (!rule.find()) {
        continue;
      }
      Set<String> addresses = Set.of(rule.group(1).split("[{}, ]+"));
      for (IpAddress address : options.addresses()) {
        for (String range : rule.group(2).split("[{}, ]+")) {
          boolean taken = !range.isEmpty() && overlaps(PortRange.parse(range), options.ports());
          if (taken && addresses.contains(address.toString())) {
            throw new DeviceException(
                "another Hawser has ports "
                    + range
                    + " of "
                    + address
                    + " (`nft list ruleset` shows its table hwpkt and its process number); end it, or"
                    + " use other ports");
          }
        }
      }
    }
  }

  private static boolean overlaps(PortRange range, List<PortRange> others) {
    return others.stream()
        .anyMatch(other -> range.first() <= other.last() && range.last() >= other.first());
  }

  private void make(PacketSocketOptions options) {
    StringBuilder text = new StringBuilder("table inet " + table + " {\n chain ours {\n");
    text.append("  type filter hook prerouting priority -300; policy accept;\n");
    rule(text, options, "ip", options.addresses().stream().filter(a -> !a.v6()).toList());
    rule(text, options, "ip6", options.addresses().stream().filter(IpAddress::v6).toList());
    text.append(" }\n}\n");
    String _ = Command.run(namespace, List.of("nft", "-f", "-"), text.toString());
  }

  /** On every interface: a peer may send by another way than ours. */
  private static void rule(
      StringBuilder text, PacketSocketOptions options, String family, List<IpAddress> addresses) {
    if (!addresses.isEmpty()) {
      text.append(
          String.format(
              Locale.ROOT,
              "  iifname %s\"lo\" %s daddr { %s } tcp dport { %s } drop comment \"hwpkt\"%n",
              options.device().equals("lo") ? "" : "!= ",
              family,
              join(addresses),
              join(options.ports())));
    }
  }

  private static String join(List<?> all) {
    return all.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** The name of its table. */
  String table() {
    return table;
  }

  /** Lets the kernel answer again; idempotent. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (leftover != null) {
      Leftovers.ofThisProcess().undo(leftover);
      return;
    }
    try {
      String _ = Command.run(namespace, List.of("nft", "delete", "table", "inet", table));
    } catch (DeviceException e) {
      System.getLogger("hawser").log(System.Logger.Level.DEBUG, "table " + table, e);
    }
  }
}
