package io.hawser.cli.netcat;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that {@code listen} and {@code connect} share. */
public final class NetcatOptions {
  private static final String PACKET = "packet:";
  private static final String TUN = "tun:";

  @Option(
      names = "--tun",
      paramLabel = "NAME",
      defaultValue = "hawser0",
      description = "TUN device; made if there is none (${DEFAULT-VALUE}).")
  String tun = "hawser0";

  @Option(
      names = "--device",
      paramLabel = "KIND:NAME",
      split = ",",
      description =
          "packet:INTERFACE: packet sockets on Ethernet interfaces in place of a TUN, one path each"
              + " (packet:eth0,packet:wlan0); or tun:NAME.")
  List<String> devices = new ArrayList<>();

  @Option(
      names = "--ports",
      paramLabel = "FIRST-LAST",
      split = ",",
      defaultValue = "61000-65535",
      description =
          "TCP ports that packet sockets take from the kernel, besides the one listened on; `all` for"
              + " addresses that are Hawser's alone (${DEFAULT-VALUE}).")
  List<String> ports = new ArrayList<>(List.of("61000-65535"));

  @Option(
      names = "--address",
      paramLabel = "ADDR",
      description =
          "An address of the stack; repeat it for more paths. ADDRESS%%DEVICE: the path is left at once"
              + " when that interface loses its carrier.")
  List<String> addresses = new ArrayList<>();

  @Option(names = "--tcp", description = "Plain TCP instead of MPTCP.")
  boolean tcp;

  @Option(
      names = "--scheduler",
      defaultValue = "lowest-rtt",
      description = "lowest-rtt or round-robin (${DEFAULT-VALUE}).")
  String scheduler = "lowest-rtt";

  @Option(
      names = "--congestion",
      defaultValue = "cubic",
      description = "cubic, reno, lia, olia, balia or bbr (${DEFAULT-VALUE}).")
  String congestion = "cubic";

  @Option(names = "--capture", paramLabel = "FILE", description = "Write all packets, pcapng.")
  @Nullable Path capture;

  @Option(names = "--stats", description = "Figures of each subflow on standard error.")
  boolean stats;

  @Option(names = "--mtu", defaultValue = "0", description = "Largest IP packet; 0: the device's.")
  int mtu;

  @Option(
      names = "--auto",
      description =
          "Make the TUN, an address for each uplink of this machine, rules and NAT; undone at the end.")
  boolean auto;

  @Option(names = "--timeout", defaultValue = "30000", description = "Milliseconds to connect.")
  int timeoutMs;

  @Option(names = "--no-offloads", description = "TUN without super-segments and checksum offload.")
  boolean noOffloads;

  @Option(
      names = "--dashboard",
      arity = "0..1",
      paramLabel = "PORT",
      preprocessor = OptionalPort.class,
      description =
          "Serve a page on this machine that shows the subflows live (--dashboard=PORT; without"
              + " =PORT any free one); its address is told on standard error.")
  @Nullable Integer dashboard;

  boolean vnetHeader() {
    return !noOffloads;
  }

  /** The interfaces that {@code --device packet:...} names. */
  List<String> packetInterfaces() {
    List<String> names = new ArrayList<>();
    for (String device : devices) {
      if (device.startsWith(PACKET) && device.length() > PACKET.length()) {
        names.add(device.substring(PACKET.length()));
      } else if (device.startsWith(TUN) && device.length() > TUN.length()) {
        tun = device.substring(TUN.length());
      } else {
        throw new DeviceException(
            "'"
                + device
                + "' is no device; write packet:eth0, packet:eth0,packet:wlan0 or tun:NAME");
      }
    }
    if (!names.isEmpty() && names.size() < devices.size()) {
      throw new DeviceException("a TUN and packet sockets do not go together; choose one kind");
    }
    if (!names.isEmpty() && auto) {
      throw new DeviceException(
          "--auto makes a TUN; packet sockets use the interfaces themselves: leave --auto away");
    }
    return names;
  }

  /** True if the interface has to be set up: it is made by this run. */
  boolean isDown() {
    try {
      String flags = Files.readString(Path.of("/sys/class/net", tun, "flags")).strip();
      return (Integer.decode(flags) & 1) == 0;
    } catch (IOException e) {
      return true;
    }
  }
}
