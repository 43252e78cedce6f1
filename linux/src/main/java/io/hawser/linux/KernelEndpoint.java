package io.hawser.linux;

import io.hawser.wire.IpAddress;
import java.util.EnumSet;
import java.util.Set;

/**
 * An address that the kernel's path manager may use.
 *
 * @param id its number, 1 to 255; 0 lets the kernel choose
 * @param port 0 if any
 * @param interfaceIndex the interface that subflows leave by; 0 if any
 */
public record KernelEndpoint(
    int id, IpAddress address, int port, Set<Flag> flags, int interfaceIndex) {

  /** What an endpoint is for, by {@code ip mptcp}'s words; in the order of the kernel's bits. */
  public enum Flag {
    /** Announced to peers. */
    SIGNAL,
    /** A subflow is opened from here. */
    SUBFLOW,
    /** Subflows from here are backups. */
    BACKUP,
    /** Subflows go from here to all addresses of the peer. */
    FULLMESH,
    /** The kernel made it by itself. */
    IMPLICIT,
    /** Answers announced addresses only (Linux 6.18). */
    LAMINAR
  }

  /** Copies the flags. */
  public KernelEndpoint {
    flags = Set.copyOf(flags);
  }

  /** An endpoint without port on any interface; the kernel chooses its number. */
  public static KernelEndpoint of(IpAddress address, Flag... flags) {
    return new KernelEndpoint(0, address, 0, Set.of(flags), 0);
  }

  /** The same on this interface. */
  public KernelEndpoint on(int index) {
    return new KernelEndpoint(id, address, port, flags, index);
  }

  /** The same with this number. */
  public KernelEndpoint withId(int number) {
    return new KernelEndpoint(number, address, port, flags, interfaceIndex);
  }

  static int bits(Set<Flag> flags) {
    int bits = 0;
    for (Flag flag : flags) {
      bits |= 1 << flag.ordinal();
    }
    return bits;
  }

  static Set<Flag> flags(int bits) {
    EnumSet<Flag> found = EnumSet.noneOf(Flag.class);
    for (Flag flag : Flag.values()) {
      if ((bits & 1 << flag.ordinal()) != 0) {
        found.add(flag);
      }
    }
    return found;
  }
}
