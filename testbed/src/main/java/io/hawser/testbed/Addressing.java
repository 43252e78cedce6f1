package io.hawser.testbed;

import io.hawser.wire.IpAddress;

/**
 * The addresses of a link: {@code 10.77.N.0/24} and {@code fd77:0:0:N::/64}. The kernel of the end
 * nearer to the client has host number 1, of the other end 2; Hawser's stacks have 11 and 12. Each
 * change of address adds 20 to the nearer end's.
 *
 * @param number of the link, from 1; 0: the server's own, which belong to no link
 * @param change how often the nearer end has got other addresses
 */
record Addressing(int number, int change) {
  static final int KERNEL = 0;
  static final int STACK = 10;

  /** Host number behind which a NAT hides the nearer end. */
  private static final int NAT = 250;

  private static final int STEP = 20;
  private static final int CHANGES = 10;

  Addressing(int number) {
    this(number, 0);
  }

  /** The nearer end has other addresses, of the same networks. */
  Addressing next() {
    return new Addressing(number, (change + 1) % CHANGES);
  }

  /** The address of an end. */
  IpAddress address(boolean v6, boolean fromEnd, int kind) {
    return host(v6, kind + (fromEnd ? 1 + STEP * change : 2));
  }

  /** What the world sees of the nearer end behind a NAT. */
  IpAddress nat(boolean v6) {
    return host(v6, NAT);
  }

  private IpAddress host(boolean v6, int host) {
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

  /** Whether an address is of the link's networks. */
  boolean contains(IpAddress address) {
    byte[] its = address.bytes();
    byte[] ours = host(address.v6(), 0).bytes();
    int networkBytes = address.v6() ? 8 : 3;
    for (int n = 0; n < networkBytes; n++) {
      if (its[n] != ours[n]) {
        return false;
      }
    }
    return true;
  }
}
