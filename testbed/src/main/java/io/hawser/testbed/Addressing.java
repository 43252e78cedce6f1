package io.hawser.testbed;

import io.hawser.wire.IpAddress;

/**
 * The addresses of a link: {@code 10.77.N.0/24} and {@code fd77:0:0:N::/64}. The kernel of the end
 * nearer to the client has host number 1, of the other end 2; Hawser's stacks have 11 and 12.
 *
 * @param number of the link, from 1; 0: the server's own, which belong to no link
 */
record Addressing(int number) {
  static final int KERNEL = 0;
  static final int STACK = 10;

  /** The address of an end. */
  IpAddress address(boolean v6, boolean fromEnd, int kind) {
    int host = kind + (fromEnd ? 1 : 2);
    return IpAddress.parse(
        v6
            ? "fd77:0:0:" + Integer.toHexString(number) + "::" + host
            : "10.77." + number + "." + host);
  }

  /** With the length of its prefix, as interfaces have it. */
  String kernelPrefix(boolean v6, boolean fromEnd) {
    return address(v6, fromEnd, KERNEL) + (v6 ? "/64" : "/24");
  }

  /** The link's own network. */
  String network(boolean v6) {
    return v6 ? "fd77:0:0:" + Integer.toHexString(number) + "::/64" : "10.77." + number + ".0/24";
  }

  /** Whether an address is one of the link's four. */
  boolean contains(IpAddress address) {
    for (boolean fromEnd : new boolean[] {true, false}) {
      if (address.equals(address(address.v6(), fromEnd, KERNEL))
          || address.equals(address(address.v6(), fromEnd, STACK))) {
        return true;
      }
    }
    return false;
  }
}
