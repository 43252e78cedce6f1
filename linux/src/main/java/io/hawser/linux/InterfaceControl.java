package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.hawser.wire.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Asks and sets properties of network interfaces with ioctl, in the namespace of the thread that
 * made it.
 */
final class InterfaceControl implements AutoCloseable {
  /** Longest interface name, bytes (IFNAMSIZ less the final zero). */
  static final int NAME_BYTES = 15;

  static final int IFREQ_BYTES = 40;
  static final int IFREQ_VALUE = 16;
  private static final long SIOCGIFFLAGS = 0x8913;
  private static final long SIOCSIFFLAGS = 0x8914;
  static final int IFF_UP = 1;
  private static final long SIOCGIFHWADDR = 0x8927;
  private static final long SIOCGIFMTU = 0x8921;
  private static final long SIOCGIFINDEX = 0x8933;
  private static final long SIOCGIFTXQLEN = 0x8942;
  private static final long SIOCSIFTXQLEN = 0x8943;

  private final int socket;

  InterfaceControl() {
    socket = SocketCalls.socket(SocketCalls.AF_INET, SocketCalls.SOCK_DGRAM, 0);
    if (socket < 0) {
      throw new DeviceException(
          "cannot make a socket to ask for interfaces: " + Errno.name(-socket));
    }
  }

  /** An ifreq structure with this name. */
  static MemorySegment request(Arena arena, String name) {
    MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    MemorySegment.copy(bytes, 0, request, JAVA_BYTE, 0, Math.min(bytes.length, NAME_BYTES));
    return request;
  }

  /** The name in an ifreq structure. */
  static String name(MemorySegment request) {
    return request.getString(0);
  }

  /** The interface's index, or {@code -errno} (ENODEV: there is none). */
  int index(String name) {
    return ask(SIOCGIFINDEX, name);
  }

  /** The MTU in bytes, or {@code -errno}. */
  int mtuBytes(String name) {
    return ask(SIOCGIFMTU, name);
  }

  /** The transmit queue's length in packets, or {@code -errno}. */
  int queueLength(String name) {
    return ask(SIOCGIFTXQLEN, name);
  }

  /** Sets the transmit queue's length; 0 or {@code -errno}. */
  int queueLength(String name, int packets) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = request(arena, name);
      request.set(JAVA_INT, IFREQ_VALUE, packets);
      return Libc.ioctl(socket, SIOCSIFTXQLEN, request.address());
    }
  }

  /** The flags, or {@code -errno}. */
  int flags(String name) {
    int value = ask(SIOCGIFFLAGS, name);
    return value < 0 ? value : value & 0xffff;
  }

  /**
   * The link layer: ARP's number of its type in the upper 16 bits, the address in the lower 48; or
   * {@code -errno}.
   */
  long linkLayer(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = request(arena, name);
      int result = Libc.ioctl(socket, SIOCGIFHWADDR, request.address());
      if (result < 0) {
        return result;
      }
      long value = request.get(JAVA_SHORT, IFREQ_VALUE) & 0xffff;
      for (int i = 0; i < 6; i++) {
        value = value << 8 | (request.get(JAVA_BYTE, IFREQ_VALUE + 2 + i) & 0xff);
      }
      return value;
    }
  }

  /** Takes an interface up; 0 or {@code -errno}. */
  int up(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = request(arena, name);
      int result = Libc.ioctl(socket, SIOCGIFFLAGS, request.address());
      if (result < 0) {
        return result;
      }
      short flags = request.get(JAVA_SHORT, IFREQ_VALUE);
      request.set(JAVA_SHORT, IFREQ_VALUE, (short) (flags | IFF_UP));
      return Libc.ioctl(socket, SIOCSIFFLAGS, request.address());
    }
  }

  private int ask(long what, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = request(arena, name);
      int result = Libc.ioctl(socket, what, request.address());
      return result < 0 ? result : request.get(JAVA_INT, IFREQ_VALUE);
    }
  }

  @Override
  public void close() {
    Libc.close(socket);
  }
}
