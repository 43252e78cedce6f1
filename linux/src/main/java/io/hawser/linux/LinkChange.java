package io.hawser.linux;

import io.hawser.wire.IpAddress;

/** News of a namespace's interfaces and their addresses. */
public sealed interface LinkChange {

  /** The number of the interface; 0 if it is about none. */
  default int interfaceIndex() {
    return 0;
  }

  /**
   * An interface is new or changed, or this is how it is.
   *
   * @param up whether the administrator switched it on
   * @param carrier whether the cable is plugged in
   * @param operState RFC 2863's state as a word: {@code up}, {@code down}, {@code dormant}...
   */
  record Link(
      int interfaceIndex, String name, boolean up, boolean carrier, String operState, int mtuBytes)
      implements LinkChange {}

  /** An interface is gone. */
  record LinkRemoved(int interfaceIndex, String name) implements LinkChange {}

  /** An interface has this address, new or changed. */
  record AddressAdded(int interfaceIndex, IpAddress address, int prefixLength)
      implements LinkChange {}

  /** An interface lost an address. */
  record AddressRemoved(int interfaceIndex, IpAddress address, int prefixLength)
      implements LinkChange {}

  /** Some news were lost, as nobody took them in time; ask {@link LinkNews#links} for the state. */
  record Missed() implements LinkChange {}
}
