package io.hawser.cli.driver;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code hawser driver}: a stack on an existing TUN, driven by requests on a Unix socket, one
 * thread a session. The socket is there once the stack is ready, and gone when it is not.
 */
public final class DriverServer implements AutoCloseable {
  private static final int LATER_SESSIONS = 1024;

  private final Hawser hawser;
  private final Requests requests;
  private final ServerSocketChannel server;
  private final Path path;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Opens the TUN and the socket.
   *
   * @param addresses {@code ADDR/PREFIX} each
   * @param mtu largest IP packet; 0: the device's
   */
  public DriverServer(String tun, List<String> addresses, Path path, int mtu, String version)
      throws IOException {
    this.path = path;
    HawserConfig config =
        // No offloads: whoever watches the TUN sees packets as a wire has them.
        new HawserConfig()
            .name("hawser-driver")
            .tun(tun, HawserConfig.TunUse.ATTACH)
            .vnetHeader(false)
            .mtu(mtu);
    for (String text : addresses) {
      int slash = text.indexOf('/');
      config.address(IpAddress.parse(slash < 0 ? text : text.substring(0, slash)));
    }
    removeStale(path);
    hawser = Hawser.open(config);
    requests = new Requests(hawser, ConnectionConfig.multipathDefaults(), version);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path), LATER_SESSIONS);
    } catch (IOException e) {
      hawser.close();
      throw new DeviceException("cannot make the socket " + path + ": " + e.getMessage());
    }
  }

  /** A socket that nobody serves any more was left by a run that was killed. */
  private static void removeStale(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    boolean isOther = Files.isRegularFile(path) || Files.isDirectory(path);
    if (isOther || isServed(path)) {
      throw new DeviceException(
          path + " is there already" + (isOther ? "" : " and served") + "; give another --sock");
    }
    Files.delete(path);
  }

  private static boolean isServed(Path path) {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return probe.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  /** Serves sessions until {@link #close} or {@code quit}. */
  public void run() throws IOException {
    while (server.isOpen()) {
      try {
        SocketChannel session = server.accept();
        Thread.ofPlatform().daemon().name("hawser-session").start(() -> serve(session));
      } catch (ClosedChannelException e) {
        return;
      }
    }
  }

  private void serve(SocketChannel session) {
    try (session;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(
                    Channels.newInputStream(session), StandardCharsets.US_ASCII))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isBlank()) {
          continue;
        }
        boolean quit = line.strip().equals("quit");
        String reply = (quit ? "ok" : requests.answer(line)) + "\n";
        ByteBuffer bytes = ByteBuffer.wrap(reply.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
          session.write(bytes);
        }
        if (quit) {
          close();
          return;
        }
      }
    } catch (IOException e) {
      // The session's other end has gone: its descriptors stay for the others.
      System.getLogger("hawser").log(System.Logger.Level.DEBUG, "session ended", e);
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      Files.deleteIfExists(path);
      server.close();
    } catch (IOException e) {
      System.getLogger("hawser").log(System.Logger.Level.WARNING, "closing " + path, e);
    }
    hawser.close();
  }
}
