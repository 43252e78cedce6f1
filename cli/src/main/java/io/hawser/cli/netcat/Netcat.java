package io.hawser.cli.netcat;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats;
import io.hawser.dashboard.EventHub;
import io.hawser.linux.Ip;
import io.hawser.linux.Leftovers;
import io.hawser.linux.PortRange;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code hawser listen} and {@code hawser connect} do. */
public final class Netcat {
  private static final int BLOCK = 1 << 16;
  private final NetcatOptions options;
  private final PrintStream log;
  private final EventHub hub = new EventHub();
  private final List<IpAddress> addresses = new ArrayList<>();

  /** The interfaces that addresses leave by, where that is known. */
  private final Map<IpAddress, String> devices = new HashMap<>();

  /** Messages and figures go to {@code log}. */
  public Netcat(NetcatOptions options, PrintStream log) {
    this.options = options;
    this.log = log;
  }

  /** Opens the stack that the options describe; the caller closes it. */
  public Hawser open() {
    return open(0);
  }

  /** The same for listening on a port; 0: any, or none. */
  private Hawser open(int listenPort) {
    for (String found : Leftovers.sweep()) {
      log.println("hawser: removed what an earlier run left: " + found);
    }
    HawserConfig config = new HawserConfig().name("hawser").vnetHeader(options.vnetHeader());
    List<String> interfaces = options.packetInterfaces();
    config.tun(options.tun).capture(options.capture).connection(settings());
    if (options.dashboard != null) {
      config.events(hub);
    }
    if (options.mtu > 0) {
      config.mtu(options.mtu);
    }
    for (String text : options.addresses) {
      String[] parts = text.split("%", 2);
      IpAddress address = IpAddress.parse(parts[0].replaceFirst("/.*", ""));
      addresses.add(address);
      if (parts.length > 1) {
        devices.put(address, parts[1]);
      }
    }
    if (!interfaces.isEmpty()) {
      return overPacketSockets(config, interfaces, listenPort);
    }
    if (addresses.isEmpty() && !options.auto) {
      throw new DeviceException(
          "give the stack an address (--address 10.1.0.2, repeat it for more paths), or --auto");
    }
    Hawser hawser = Hawser.open(config);
    try {
      if (options.auto) {
        AutoSetup auto = new AutoSetup(options.tun);
        auto.run();
        addresses.addAll(auto.addresses().keySet());
        devices.putAll(auto.addresses());
      } else if (options.isDown()) {
        Ip.here().up(options.tun);
      }
      for (IpAddress address : addresses) {
        hawser.addAddress(address, devices.get(address));
      }
    } catch (IOException | RuntimeException e) {
      hawser.close();
      throw e instanceof RuntimeException unchecked
          ? unchecked
          : new DeviceException(String.valueOf(e.getMessage()));
    }
    return hawser;
  }

  private Hawser overPacketSockets(HawserConfig config, List<String> interfaces, int listenPort) {
    interfaces.forEach(config::packetSocket);
    boolean listens = listenPort != 0;
    for (String text : options.ports) {
      try {
        PortRange range = PortRange.parse(text);
        config.ports(range);
        listens &= !range.contains(listenPort);
      } catch (IllegalArgumentException e) {
        throw new DeviceException("--ports: " + e.getMessage());
      }
    }
    if (listens) {
      config.ports(PortRange.of(listenPort));
    }
    for (IpAddress address : addresses) {
      String only = interfaces.size() == 1 ? interfaces.getFirst() : null;
      config.address(address, devices.getOrDefault(address, only));
    }
    Hawser hawser = Hawser.open(config);
    devices.putAll(config.devices());
    return hawser;
  }

  /** The page, if it was asked for; null is no resource to close. */
  private @Nullable LivePage page(Hawser hawser, String end, String title) throws IOException {
    Integer port = options.dashboard;
    if (port == null) {
      return null;
    }
    LivePage page = LivePage.serve(hawser, end, title, port, hub, devices);
    log.println("hawser: the dashboard is at " + page.address());
    return page;
  }

  private ConnectionConfig settings() {
    return ConnectionConfig.multipathDefaults()
        .withMultipath(!options.tcp)
        .withScheduler(options.scheduler)
        .withCongestionControl(options.congestion);
  }

  /** Connects and carries standard input and output. */
  public void connect(String host, int port) throws IOException {
    try (Hawser hawser = open();
        LivePage _ = page(hawser, "client", "connect to " + host + " port " + port);
        HawserSocket socket = hawser.socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), options.timeoutMs);
      carry(socket);
    }
  }

  /** Waits for one connection and carries standard input and output. */
  public void listen(int port) throws IOException {
    try (Hawser hawser = open(port);
        LivePage _ = page(hawser, "server", "listen on port " + port);
        HawserServerSocket listener = hawser.serverSocket()) {
      listener.bind(new InetSocketAddress(port));
      log.println("hawser: listening on port " + listener.getLocalPort());
      try (HawserSocket socket = (HawserSocket) listener.accept()) {
        carry(socket);
      }
    }
  }

  private void carry(HawserSocket socket) throws IOException {
    if (options.stats) {
      Thread.ofVirtual().start(() -> everySecond(socket));
    }
    Thread up = Thread.ofPlatform().daemon().name("hawser-stdin").start(() -> sendInput(socket));
    InputStream in = socket.getInputStream();
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    byte[] block = new byte[BLOCK];
    for (int n = in.read(block); n >= 0; n = in.read(block)) {
      out.write(block, 0, n);
    }
    out.flush();
    try {
      // The peer has finished; what standard input still gives goes out before the end.
      up.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (options.stats) {
      show(socket);
    }
  }

  private void sendInput(HawserSocket socket) {
    try {
      OutputStream out = socket.getOutputStream();
      byte[] block = new byte[BLOCK];
      for (int n = System.in.read(block); n >= 0; n = System.in.read(block)) {
        out.write(block, 0, n);
      }
      socket.shutdownOutput();
    } catch (IOException e) {
      log.println("hawser: " + e.getMessage());
    }
  }

  private void everySecond(HawserSocket socket) {
    while (!socket.isClosed()) {
      try {
        Thread.sleep(1000);
        show(socket);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void show(HawserSocket socket) {
    try {
      ConnectionStats stats = socket.stats();
      log.printf(
          Locale.ROOT,
          "hawser: %s sent %d acked %d received %d reinjected %d%n",
          stats.multipath() ? "MPTCP" : "TCP",
          stats.bytesSent(),
          stats.bytesAcked(),
          stats.bytesReceived(),
          stats.reinjectedBytes());
      for (ConnectionStats.SubflowStats s : stats.subflows()) {
        log.printf(
            Locale.ROOT,
            "hawser:   subflow %d %s > %s %s%s%s out %d in %d retransmitted %d cwnd %d rtt %.1f ms%n",
            s.id(),
            s.local(),
            s.remote(),
            s.state(),
            s.backup() ? " backup" : "",
            s.stale() ? " stale" : "",
            s.bytesSent(),
            s.bytesReceived(),
            s.bytesRetransmitted(),
            s.cwndBytes(),
            s.smoothedRttNs() / 1e6);
      }
    } catch (IOException e) {
      log.println("hawser: no figures: " + e.getMessage());
    }
  }
}
