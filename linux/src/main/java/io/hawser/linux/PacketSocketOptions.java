package io.hawser.linux;

import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link PacketSocketDevice} takes from an interface: TCP to these ports of these addresses.
 * The kernel keeps everything else, and no longer sees this.
 *
 * @param device name of the interface: Ethernet, Wi-Fi, veth or the loopback
 * @param addresses addresses that the kernel has there; empty: the interface's first of each IP
 *     version
 * @param ports which ports
 */
public record PacketSocketOptions(String device, List<IpAddress> addresses, List<PortRange> ports) {
  /** Copies the lists. */
  public PacketSocketOptions {
    addresses = List.copyOf(addresses);
    ports = List.copyOf(ports);
    if (ports.isEmpty()) {
      throw new IllegalArgumentException("a packet socket without ports receives nothing");
    }
  }

  /** The interface's own addresses, and ports that the kernel does not use. */
  public static PacketSocketOptions on(String device) {
    return new PacketSocketOptions(device, List.of(), List.of(PortRange.ABOVE_EPHEMERAL));
  }

  /** The same with one address more. */
  public PacketSocketOptions address(String address) {
    List<IpAddress> more = new ArrayList<>(addresses);
    more.add(IpAddress.parse(address));
    return new PacketSocketOptions(device, more, ports);
  }

  /** The same addresses with these ports. */
  public PacketSocketOptions ports(PortRange... ranges) {
    return new PacketSocketOptions(device, addresses, List.of(ranges));
  }

  PacketSocketOptions addresses(List<IpAddress> found) {
    return new PacketSocketOptions(device, found, ports);
  }
}
