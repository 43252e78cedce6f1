package io.hawser.cli.demo;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.linux.Ip;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.TunDevice;
import io.hawser.linux.TunOptions;
import io.hawser.sim.Direction;
import io.hawser.sim.Fate;
import io.hawser.sim.LinkBridge;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.Path;
import io.hawser.sim.PipeDevice;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.BufferPool;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketDevice;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Two hosts and the links between them: Hawser's stack as the client; as the server the kernel's
 * MPTCP in a network namespace, or a second Hawser in this process. Every packet goes through an
 * emulated link.
 */
final class DemoHosts implements AutoCloseable {
  private static final int MTU = 1500;
  private static final int PORT = 5001;
  private static final String TUN = "hwdemo";

  /** Where the server's received bytes come from. */
  interface Incoming extends Closeable {
    int read(byte[] into) throws IOException;

    boolean multipath() throws IOException;
  }

  private final BufferPool pool = new BufferPool();
  private final List<Path> paths = new ArrayList<>();
  private final Hawser client;
  private final LinkBridge bridge;
  private final @Nullable NetworkNamespace namespace;
  private final @Nullable KernelSocket kernelListener;
  private final @Nullable Hawser server;
  private final @Nullable HawserServerSocket hawserListener;
  private final DemoLinks links;

  DemoHosts(DemoLinks links, boolean inProcess, boolean multipath) throws IOException {
    this.links = links;
    PipeDevice.Pair here = PipeDevice.pair(pool, MTU, 8192);
    PacketDevice far;
    HawserConfig config = new HawserConfig().name("hawser-demo-client");
    for (int n = 0; n < links.count(); n++) {
      if (multipath || n == 0) {
        config.address(clientAddress(n));
      }
      paths.add(path(n));
    }
    if (inProcess) {
      namespace = null;
      kernelListener = null;
      PipeDevice.Pair there = PipeDevice.pair(pool, MTU, 8192);
      HawserConfig other = new HawserConfig().name("hawser-demo-server");
      other.address(serverAddress());
      server = Hawser.over(there.first(), other);
      hawserListener = server.serverSocket();
      hawserListener.bind(inet(serverAddress()));
      far = there.second();
    } else {
      server = null;
      hawserListener = null;
      namespace = NetworkNamespace.anonymous();
      far = kernelHost(namespace);
      kernelListener =
          namespace.run(() ->
              KernelSocket.open(false, true).bind(new Endpoint(IpAddress.ANY4, PORT)).listen(16));
    }
    bridge = new LinkBridge(here.second(), far, paths, pool).start();
    client = Hawser.over(here.first(), config);
  }

  private TunDevice kernelHost(NetworkNamespace in) {
    Ip ip = new Ip(in);
    TunDevice tun = in.run(() -> TunDevice.open(TUN, TunOptions.create().plain()));
    for (int n = 0; n < links.count(); n++) {
      ip.address(TUN, "10.20" + (n + 1) + ".0.1/24");
    }
    ip.up(TUN);
    ip.mptcp("limits set subflows 8 add_addr_accepted 8");
    return tun;
  }

  private Path path(int n) {
    LinkConfig link = links.config(n);
    return new Path(links.name(n), link, link, pool, new Random(2L * n), new Random(2L * n + 1))
        .addressA(clientAddress(n));
  }

  private static IpAddress clientAddress(int n) {
    return IpAddress.parse("10.20" + (n + 1) + ".0.2");
  }

  private static IpAddress serverAddress() {
    return IpAddress.parse("10.201.0.1");
  }

  private static InetSocketAddress inet(IpAddress address) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(address.bytes()), PORT);
  }

  HawserSocket connect(boolean multipath) throws IOException {
    HawserSocket socket =
        client.socket(ConnectionConfig.multipathDefaults().withMultipath(multipath));
    socket.connect(inet(serverAddress()), 10_000);
    return socket;
  }

  Incoming accept() throws IOException {
    KernelSocket kernel = kernelListener;
    if (kernel != null) {
      KernelSocket accepted = kernel.accept();
      return new Incoming() {
        @Override
        public int read(byte[] into) throws IOException {
          return accepted.read(into, 0, into.length);
        }

        @Override
        public boolean multipath() {
          return accepted.isMultipath();
        }

        @Override
        public void close() {
          accepted.close();
        }
      };
    }
    HawserServerSocket listener = hawserListener;
    if (listener == null) {
      throw new IllegalStateException("no server");
    }
    Socket accepted = listener.accept();
    InputStream in = accepted.getInputStream();
    return new Incoming() {
      @Override
      public int read(byte[] into) throws IOException {
        return in.read(into);
      }

      @Override
      public boolean multipath() {
        return ((HawserSocket) accepted).multipath();
      }

      @Override
      public void close() throws IOException {
        accepted.close();
      }
    };
  }

  /** IP bytes that have left a link's far end, towards the server. */
  long deliveredBytes(int link) {
    return paths.get(link).link(Direction.A_TO_B).counters().bytes(Fate.DELIVERED);
  }

  /** The link's packets towards the server are written to the capture. */
  void capture(DemoCapture capture) {
    for (Path path : paths) {
      for (Direction direction : Direction.values()) {
        path.link(direction).tap(capture.tap(path.name()));
      }
    }
  }

  void cut(int link) {
    bridge.configure(paths.get(link), "blackhole");
  }

  void restore(int link) {
    bridge.configure(paths.get(link), "noblackhole");
  }

  @Override
  public void close() throws IOException {
    client.close();
    if (hawserListener != null) {
      hawserListener.close();
    }
    if (server != null) {
      server.close();
    }
    bridge.close();
    if (kernelListener != null) {
      kernelListener.close();
    }
    if (namespace != null) {
      namespace.close();
    }
  }
}
