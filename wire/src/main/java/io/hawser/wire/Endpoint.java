package io.hawser.wire;

/**
 * An address and a port.
 *
 * @param address the address
 * @param port 0 to 65535; 0 stands for "any"
 */
public record Endpoint(IpAddress address, int port) {

  /** Checks the port's range. */
  public Endpoint {
    if (port < 0 || port > 0xffff) {
      throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
    }
  }

  /** {@code 192.0.2.1:80} or {@code [2001:db8::1]:80}. */
  @Override
  public String toString() {
    return address.v6() ? "[" + address + "]:" + port : address + ":" + port;
  }
}
