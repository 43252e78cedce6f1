package io.hawser.socket;

import io.hawser.core.Stack;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats;
import io.hawser.core.buffer.ChunkPool;
import io.hawser.core.pm.EndpointTable;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.PacketSocketGroup;
import io.hawser.linux.PacketSocketOptions;
import io.hawser.linux.PortRange;
import io.hawser.linux.TunDevice;
import io.hawser.linux.TunOptions;
import io.hawser.wire.BufferPool;
import io.hawser.wire.CaptureDevice;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PcapngWriter;
import io.hawser.wire.SegmentingDevice;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A user-space TCP and MPTCP stack on a TUN device (or any {@link PacketDevice}), and the sockets
 * over it. Safe for all threads.
 *
 * <pre>{@code
 * try (Hawser hawser = Hawser.open(new HawserConfig().tun("hawser0").address("10.1.0.2"));
 *     Socket socket = hawser.socket()) {
 *   socket.connect(new InetSocketAddress("192.0.2.7", 80));
 * }
 * }</pre>
 */
public final class Hawser implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Hawser.class.getName());

  private final StackLoop loop;
  private final BufferPool buffers;
  private final ChunkPool chunks;
  private final ConnectionConfig defaults;
  private final LocalPorts ports;
  private final Set<SocketEnd> open = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final @Nullable NetworkNamespace home;
  private final String name;
  private @Nullable PcapngWriter capture;
  private @Nullable CarrierWatch carriers;

  private Hawser(PacketDevice device, HawserConfig config, @Nullable NetworkNamespace home) {
    PacketDevice door = device;
    this.home = home;
    name = config.name;
    buffers = new BufferPool();
    chunks = new ChunkPool();
    defaults = config.connection;
    PortRange ephemeral = config.ephemeralPorts();
    ports = new LocalPorts(ephemeral, config.allowedPorts());
    config.stack.firstPort = ephemeral.first();
    config.stack.lastPort = ephemeral.last();
    config.stack.mtuBytes = config.mtuBytes > 0 ? config.mtuBytes : device.mtuBytes();
    if (door.superSegmentBytes() == 0) {
      door = new SegmentingDevice(door);
    }
    config.stack.superSegmentBytes = door.superSegmentBytes();
    if (config.captureFile != null) {
      capture = captureTo(config.captureFile);
      door = new CaptureDevice(door, capture, config.tunName, Hawser::epochNs);
    }
    Stack stack = new Stack(config.stack, buffers, chunks, config.random, config.events);
    for (IpAddress address : config.addresses) {
      stack.addAddress(address, StackLoop.nowNs());
    }
    loop = StackLoop.start(config.name, stack, door, buffers);
    config.devices.forEach(this::watch);
  }

  private synchronized void watch(IpAddress address, String device) {
    try {
      CarrierWatch watch = carriers;
      if (watch == null && isOpen()) {
        watch = new CarrierWatch(name, loop, home);
        carriers = watch;
      }
      if (watch != null) {
        watch.put(address, device);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "lost carriers will be found by time-outs only", e);
    }
  }

  private static PcapngWriter captureTo(Path file) {
    try {
      return new PcapngWriter(file);
    } catch (IOException e) {
      throw new DeviceException("cannot write the capture file " + file + ": " + e.getMessage());
    }
  }

  private void closeCapture() {
    PcapngWriter writer = capture;
    if (writer != null) {
      try {
        writer.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "the capture file may lack its end", e);
      }
    }
  }

  private synchronized void closeWatch() {
    CarrierWatch watch = carriers;
    if (watch != null) {
      watch.close();
      carriers = null;
    }
    NetworkNamespace namespace = home;
    if (namespace != null) {
      namespace.close();
    }
  }

  private static long epochNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /**
   * Opens the TUN device or the packet sockets that the configuration names, in the calling
   * thread's network namespace, and starts a stack on it. A TUN's interface must be up and have
   * routes to the stack's addresses; that is the administrator's.
   *
   * @throws io.hawser.wire.DeviceException with the cause and the remedy
   */
  public static Hawser open(HawserConfig config) {
    if (!config.packetSockets.isEmpty()) {
      return overPacketSockets(config);
    }
    TunOptions.Source source =
        switch (config.tunUse) {
          case CREATE -> TunOptions.Source.CREATE;
          case ATTACH -> TunOptions.Source.ATTACH;
          case EITHER -> TunOptions.Source.EITHER;
        };
    TunOptions options =
        new TunOptions(
            source, config.vnetHeader, !config.vnetHeader, TunOptions.DEFAULT_QUEUE_PACKETS);
    return new Hawser(TunDevice.open(config.tunName, options), config, NetworkNamespace.current());
  }

  private static Hawser overPacketSockets(HawserConfig config) {
    List<PacketSocketOptions> all = new ArrayList<>();
    for (String device : config.packetSockets) {
      List<IpAddress> own = new ArrayList<>();
      config.devices.forEach((address, way) -> {
        if (way.equals(device)) {
          own.add(address);
        }
      });
      all.add(new PacketSocketOptions(device, own, config.packetPorts()));
    }
    PacketSocketGroup group = PacketSocketGroup.open(all);
    for (IpAddress address : config.addresses) {
      if (!group.addresses().containsKey(address)) {
        group.close();
        throw new DeviceException(
            "the address "
                + address
                + " belongs to none of the interfaces "
                + config.packetSockets
                + "; say which: "
                + address
                + "%"
                + config.packetSockets.getFirst());
      }
    }
    group
        .addresses()
        .forEach((address, device) -> {
          if (!config.addresses.contains(address)) {
            config.address(address, device);
          }
        });
    return new Hawser(group, config, NetworkNamespace.current());
  }

  /** Starts a stack with these addresses on a device; takes the device over. */
  public static Hawser over(PacketDevice device, IpAddress... addresses) {
    HawserConfig config = new HawserConfig();
    config.addresses.addAll(List.of(addresses));
    return over(device, config);
  }

  /**
   * Starts a configured stack on a device; takes the device over. Interfaces that the configuration
   * names are those of the calling thread's network namespace.
   */
  public static Hawser over(PacketDevice device, HawserConfig config) {
    if (device instanceof PacketSocketGroup group && config.packetSockets.isEmpty()) {
      group.devices().forEach(one -> config.packetSocket(one.name()));
      config.ports.addAll(group.ports());
    }
    NetworkNamespace home = config.devices.isEmpty() ? null : NetworkNamespace.current();
    return new Hawser(device, config, home);
  }

  /** An unconnected socket with the default settings. */
  public HawserSocket socket() throws IOException {
    return socket(defaults);
  }

  /** An unconnected socket. */
  public HawserSocket socket(ConnectionConfig settings) throws IOException {
    return HawserSocket.of(this, settings);
  }

  /** An unbound server socket with the default settings. */
  public HawserServerSocket serverSocket() throws IOException {
    return serverSocket(defaults);
  }

  /** An unbound server socket; what it accepts has these settings. */
  public HawserServerSocket serverSocket(ConnectionConfig settings) throws IOException {
    return HawserServerSocket.of(this, settings);
  }

  /** A factory of sockets with the default settings. */
  public MptcpSocketFactory socketFactory() {
    return new MptcpSocketFactory(this);
  }

  /** A factory of server sockets with the default settings. */
  public MptcpServerSocketFactory serverSocketFactory() {
    return new MptcpServerSocketFactory(this);
  }

  /**
   * Carries out a path-manager command in the words of {@code ip mptcp}, as {@code endpoint add
   * 10.1.0.3 subflow}; returns what it prints.
   *
   * @throws io.hawser.core.pm.PmException with Linux's error
   */
  public String execute(String words) throws IOException {
    return loop.call((stack, nowNs) -> endpoints(stack).execute(words));
  }

  private static EndpointTable endpoints(Stack stack) {
    return stack.endpoints();
  }

  /** A further local address; live connections may open subflows from it. */
  public void addAddress(IpAddress address) throws IOException {
    Object _ =
        loop.call((stack, nowNs) -> {
          stack.addAddress(address, nowNs);
          return true;
        });
  }

  /**
   * A further local address whose packets leave by this interface, which is watched as {@link
   * HawserConfig#address(IpAddress, String)} says; null: not known.
   */
  public void addAddress(IpAddress address, @Nullable String device) throws IOException {
    if (device != null) {
      watch(address, device);
    }
    addAddress(address);
  }

  /** Takes an address away; live connections lose their subflows there. */
  public void removeAddress(IpAddress address) throws IOException {
    Object _ =
        loop.call((stack, nowNs) -> {
          stack.removeAddress(address, nowNs);
          return true;
        });
  }

  /** The stack's addresses. */
  public List<IpAddress> addresses() throws IOException {
    return loop.call((stack, nowNs) -> List.copyOf(stack.addresses()));
  }

  /** Figures of all live connections. */
  public List<ConnectionStats> connections() throws IOException {
    return loop.call((stack, nowNs) -> {
      List<ConnectionStats> all = new ArrayList<>();
      for (Connection connection : stack.connections()) {
        all.add(connection.snapshot());
      }
      return all;
    });
  }

  /** The loop, for those who use connections without sockets. */
  public StackLoop loop() {
    return loop;
  }

  /** Settings of sockets that do not choose others. */
  public ConnectionConfig defaults() {
    return defaults;
  }

  /** Whether the stack works. */
  public boolean isOpen() {
    return !closed.get() && loop.isRunning();
  }

  /** True if an address, or the unspecified one, may be bound to. */
  boolean owns(InetAddress address) throws IOException {
    return address.isAnyLocalAddress() || addresses().contains(Addresses.of(address));
  }

  LocalPorts ports() {
    return ports;
  }

  void opened(SocketEnd end) {
    open.add(end);
  }

  void closed(SocketEnd end) {
    open.remove(end);
  }

  /** Aborts what is open, closes the device, frees all memory; idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      for (SocketEnd end : open) {
        end.abort();
      }
      closeWatch();
      loop.close();
      closeCapture();
      buffers.close();
      chunks.close();
    }
  }
}
