package io.hawser.socket;

import io.hawser.core.StackConfig;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.wire.IpAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
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
  boolean vnetHeader = true;
  int mtuBytes;
  final List<IpAddress> addresses = new ArrayList<>();
  final Map<IpAddress, String> devices = new LinkedHashMap<>();
  @Nullable Path captureFile;
  EventSink events = EventSink.NONE;
  RandomGenerator random = new SecureRandom();
  ConnectionConfig connection = ConnectionConfig.multipathDefaults();
  final StackConfig stack = new StackConfig();

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
