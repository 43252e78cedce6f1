package io.hawser.socket;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** The JDK's addresses and ours; nothing is ever resolved. */
public final class Addresses {
  private Addresses() {}

  /** Ours; a v4-mapped address becomes an IPv4 one. */
  public static IpAddress of(InetAddress address) {
    return IpAddress.of(address.getAddress()).unmapped();
  }

  /** The JDK's. */
  public static InetAddress of(IpAddress address) {
    try {
      return InetAddress.getByAddress(address.bytes());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are an address", e);
    }
  }

  /** The JDK's. */
  public static InetSocketAddress of(Endpoint endpoint) {
    return new InetSocketAddress(of(endpoint.address()), endpoint.port());
  }
}
