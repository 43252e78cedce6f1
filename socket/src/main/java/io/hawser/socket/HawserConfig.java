package io.hawser.socket;

import io.hawser.core.StackConfig;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.linux.PortRange;
import io.hawser.wire.IpAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How to open a {@link Hawser}: chain the calls, then pass it on. Not for several threads. */
public final class HawserConfig {
  /** Where a TUN device comes from. */
  public enum TunUse {
    /** It must not exist; it goes away with the stack. */
    CREATE,
    /** It must exist and be free; it stays. */
    ATTACH,
    /** It is attached to if it exists, else made. */
    EITHER
  }

  String name = "hawser";
  String tunName = "hawser0";
  TunUse tunUse = TunUse.EITHER;
  final List<String> packetSockets = new ArrayList<>();
  final List<PortRange> ports = new ArrayList<>();
  boolean vnetHeader = true;
  int mtuBytes;
  final List<IpAddress> addresses = new ArrayList<>();
  final Map<IpAddress, String> devices = new LinkedHashMap<>();
  @Nullable Path captureFile;
  EventSink events = EventSink.NONE;
  RandomGenerator random = new SecureRandom();
  ConnectionConfig connection = ConnectionConfig.multipathDefaults();
  final StackConfig stack = new StackConfig();

  /** Where ports that nobody asks for by number come from. */
  PortRange ephemeralPorts() {
    if (packetSockets.isEmpty()) {
      return new PortRange(stack.firstPort, stack.lastPort);
    }
    PortRange most =
        packetPorts().stream().max(Comparator.comparingInt(PortRange::size)).orElseThrow();
    return new PortRange(Math.max(most.first(), Math.min(most.last(), 1024)), most.last());
  }

  /** Ports of packet sockets. */
  List<PortRange> packetPorts() {
    return ports.isEmpty() ? List.of(PortRange.ABOVE_EPHEMERAL) : ports;
  }

  /** Ports that sockets may be bound to. */
  List<PortRange> allowedPorts() {
    return packetSockets.isEmpty() ? List.of(PortRange.ALL) : packetPorts();
  }

  /** The loop's thread gets this name. */
  public HawserConfig name(String text) {
    name = text;
    return this;
  }

  /** The TUN device; it is made if there is none of this name. */
  public HawserConfig tun(String deviceName) {
    return tun(deviceName, TunUse.EITHER);
  }

  /** The TUN device, and whether it must exist. */
  public HawserConfig tun(String deviceName, TunUse use) {
    tunName = deviceName;
    tunUse = use;
    return this;
  }

  /**
   * An interface that the stack uses by a packet socket, past the kernel's TCP, in place of a TUN;
   * repeat it for more paths. Addresses of the stack are those that {@link #address(IpAddress,
   * String)} gives for the interface, else its own first ones; they stay the kernel's too.
   */
  public HawserConfig packetSocket(String interfaceName) {
    packetSockets.add(interfaceName);
    return this;
  }

  /**
   * TCP ports that the stack has on packet sockets, the kernel no longer; several ranges add up.
   * Connections get theirs from the largest. Without any: {@link PortRange#ABOVE_EPHEMERAL}.
   */
  public HawserConfig ports(PortRange range) {
    ports.add(range);
    return this;
  }

  /** Whether the TUN passes super-segments and leaves checksums to the kernel; true by default. */
  public HawserConfig vnetHeader(boolean on) {
    vnetHeader = on;
    return this;
  }

  /** A local address of the stack; its subflows use them all. */
  public HawserConfig address(IpAddress address) {
    addresses.add(address);
    return this;
  }

  /** A local address in text. */
  public HawserConfig address(String address) {
    return address(IpAddress.parse(address));
  }

  /**
   * A local address of the stack, and the interface by which its packets leave this machine: while
   * that is down or has no carrier, connections use their other paths. Null: not known.
   */
  public HawserConfig address(IpAddress address, @Nullable String device) {
    if (device != null) {
      devices.put(address, device);
    }
    return address(address);
  }

  /** The interfaces that addresses leave by, where that is known. */
  public Map<IpAddress, String> devices() {
    return Collections.unmodifiableMap(devices);
  }

  /** Largest IP packet; 0, the default: the device's. */
  public HawserConfig mtu(int bytes) {
    mtuBytes = bytes;
    return this;
  }

  /** Writes all packets to a pcapng file. */
  public HawserConfig capture(@Nullable Path file) {
    captureFile = file;
    return this;
  }

  /** Who hears of events; called on the loop's thread. */
  public HawserConfig events(EventSink sink) {
    events = sink;
    return this;
  }

  /** Where keys, ports and sequence numbers come from; a {@link SecureRandom} by default. */
  public HawserConfig random(RandomGenerator generator) {
    random = generator;
    return this;
  }

  /**
   * Settings of sockets that do not choose others; MPTCP by default.
   *
   * <p>Their buffers are {@link io.hawser.core.api.Buffers#DEFAULTS}: tuned, up to 4 MiB for
   * sending and 6 MiB for receiving. What is held for sending follows twice the congestion windows
   * of all subflows, so a fast path has enough and a slow one never holds seconds of data. A size
   * that a program sets (SO_SNDBUF, or {@code Buffers.fixed}) holds at once and is not tuned.
   */
  public HawserConfig connection(ConnectionConfig settings) {
    connection = settings;
    return this;
  }

  /**
   * The stack's own settings, to be changed before opening: {@code stack().tcp.pacing} turns pacing
   * off, {@code stack().tcp.firstSendBytes} is what tuned send buffers begin with and keep.
   */
  public StackConfig stack() {
    return stack;
  }
}
