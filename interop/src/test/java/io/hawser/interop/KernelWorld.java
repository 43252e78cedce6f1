package io.hawser.interop;

import io.hawser.linux.Ip;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.TunDevice;
import io.hawser.linux.TunOptions;
import io.hawser.sim.LinkBridge;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.Middlebox;
import io.hawser.sim.Path;
import io.hawser.sim.PipeDevice;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.wire.BufferPool;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketDevice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace with the kernel's TCP and MPTCP in it, and a Hawser stack at the other end of
 * a TUN. Path n has the kernel's address 10.9n.0.1 and Hawser's 10.9n.0.2 (fd9n::1, fd9n::2).
 * Without links the TUN passes super-segments; with links every packet goes through emulated links,
 * one each way and path.
 */
final class KernelWorld implements AutoCloseable {
  static final int PATHS = 2;

  final NetworkNamespace namespace;
  final Ip ip;
  final Hawser hawser;
  final @Nullable LinkBridge bridge;
  final List<Path> paths = new ArrayList<>();
  private final List<List<Middlebox>> boxes = List.of(new ArrayList<>(), new ArrayList<>());
  private final BufferPool pool = new BufferPool();

  /** Straight over the TUN. */
  static KernelWorld direct(boolean vnetHeader, int hawserPaths) throws IOException {
    return new KernelWorld(null, vnetHeader, hawserPaths, 0, config -> {});
  }

  /** The same with one path, its stack's settings changed. */
  static KernelWorld configured(Consumer<HawserConfig> settings) throws IOException {
    return new KernelWorld(null, true, 1, 0, settings);
  }

  /** Through emulated links; {@code link} as {@link LinkConfig#parse} has it. */
  static KernelWorld linked(String link, int hawserPaths, long seed) throws IOException {
    return new KernelWorld(link, false, hawserPaths, seed, config -> {});
  }

  private KernelWorld(
      @Nullable String link,
      boolean vnetHeader,
      int hawserPaths,
      long seed,
      Consumer<HawserConfig> change)
      throws IOException {
    namespace = NetworkNamespace.anonymous();
    ip = new Ip(namespace);
    TunOptions options = TunOptions.create();
    TunOptions chosen = vnetHeader ? options : options.plain();
    TunDevice tun = namespace.run(() -> TunDevice.open("hwi0", chosen));
    for (int n = 1; n <= PATHS; n++) {
      ip.address("hwi0", "10.9" + n + ".0.1/24");
      ip.address("hwi0", "fd9" + n + "::1/64");
    }
    ip.up("hwi0");
    ip.mptcp("limits set subflows 8 add_addr_accepted 8");
    HawserConfig config = new HawserConfig().name("hawser-interop");
    for (int n = 1; n <= hawserPaths; n++) {
      config.address(hawserAddress(n, false)).address(hawserAddress(n, true));
    }
    change.accept(config);
    PacketDevice device = tun;
    if (link != null) {
      Random random = new Random(seed);
      PipeDevice.Pair pipe = PipeDevice.pair(pool, 1500, 4096);
      LinkConfig settings = LinkConfig.parse(link);
      for (int n = 1; n <= PATHS; n++) {
        paths.add(
            new Path(
                    "path" + n,
                    settings,
                    settings,
                    pool,
                    new Random(random.nextLong()),
                    new Random(random.nextLong()))
                .addressA(hawserAddress(n, false))
                .addressA(hawserAddress(n, true)));
      }
      bridge = new LinkBridge(pipe.second(), tun, paths, pool).start();
      device = pipe.first();
    } else {
      bridge = null;
    }
    hawser = Hawser.over(device, config);
  }

  static IpAddress hawserAddress(int path, boolean v6) {
    return IpAddress.parse(v6 ? "fd9" + path + "::2" : "10.9" + path + ".0.2");
  }

  static IpAddress kernelAddress(int path, boolean v6) {
    return IpAddress.parse(v6 ? "fd9" + path + "::1" : "10.9" + path + ".0.1");
  }

  /** A kernel socket that listens on any port of its first address. */
  KernelSocket kernelListener(boolean v6, boolean mptcp) {
    return namespace.run(() ->
        KernelSocket.open(v6, mptcp)
            .bind(new Endpoint(v6 ? IpAddress.ANY6 : IpAddress.ANY4, 0))
            .listen(512));
  }

  /** A kernel socket that is connected to Hawser. */
  KernelSocket kernelClient(Endpoint to, boolean mptcp) {
    return namespace.run(() -> KernelSocket.open(to.address().v6(), mptcp).connect(to));
  }

  /** Changes both directions of a path's link, in the words of {@link LinkConfig#with}. */
  void link(int path, String change) {
    Objects.requireNonNull(bridge).configure(paths.get(path), change);
  }

  /**
   * Puts a middlebox into a path; {@code outside} is an address of Hawser's side that it shows, or
   * null.
   */
  void middlebox(int path, Middlebox box, @Nullable IpAddress outside) {
    Path at = paths.get(path);
    Objects.requireNonNull(bridge)
        .withMiddleboxes(() -> {
          at.middlebox(box);
          boxes.get(path).add(box);
          if (outside != null) {
            at.addressA(outside);
          }
        });
  }

  /** Does something with a path's middleboxes while no packet passes them. */
  void change(int path, Consumer<Middlebox> change) {
    Objects.requireNonNull(bridge).withMiddleboxes(() -> boxes.get(path).forEach(change));
  }

  @Override
  public void close() throws IOException {
    hawser.close();
    if (bridge != null) {
      bridge.close();
    }
    namespace.close();
    RuntimeException died = bridge == null ? null : bridge.failure();
    if (died != null) {
      throw new IOException("the emulated link has died: " + died.getMessage(), died);
    }
  }
}
