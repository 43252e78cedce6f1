package io.hawser.cli.netcat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.StatsEvents;
import io.hawser.dashboard.Controls;
import io.hawser.dashboard.DashboardServer;
import io.hawser.dashboard.EventHub;
import io.hawser.dashboard.LiveStackFeed;
import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.socket.Hawser;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The dashboard's page for the stack of this process: what the stack tells, and its figures four
 * times a second. There is nothing to press.
 */
public final class LivePage implements AutoCloseable {
  private static final String HERE = "127.0.0.1";
  private static final long PERIOD_MS = 250;

  private final EventHub hub;
  private final DashboardServer server;
  private final LiveStackFeed feed;

  private LivePage(EventHub hub, DashboardServer server, LiveStackFeed feed) {
    this.hub = hub;
    this.server = server;
    this.feed = feed;
  }

  /**
   * Serves the page on this machine's loopback address.
   *
   * @param host which end this is: {@code client} or {@code server}
   * @param title what the page says of itself
   * @param port 0: any free one
   * @param hub what the stack was told to send its events to
   * @param devices the interface that a local address leaves by, where that is known
   * @throws IOException with cause and remedy if the port cannot be had
   */
  public static LivePage serve(
      Hawser hawser,
      String host,
      String title,
      int port,
      EventHub hub,
      Map<IpAddress, String> devices)
      throws IOException {
    DashboardServer server = DashboardServer.start(HERE, port, hub, Controls.none(title));
    LiveStackFeed feed = LiveStackFeed.start(() -> figures(hawser, host, devices), PERIOD_MS, hub);
    return new LivePage(hub, server, feed);
  }

  private static List<Event> figures(Hawser hawser, String host, Map<IpAddress, String> devices) {
    if (!hawser.isOpen()) {
      return List.of();
    }
    List<Event> all = new ArrayList<>();
    EventSink into = EventSink.all(all::add);
    try {
      return hawser
          .loop()
          .call((stack, nowNs) -> {
            for (Connection connection : stack.connections()) {
              new StatsEvents(host, connection.id(), address -> devices.getOrDefault(address, ""))
                  .tell(connection.snapshot(), nowNs, into);
            }
            return all;
          });
    } catch (IOException e) {
      // The stack was closed meanwhile; its last figures stand.
      return List.of();
    }
  }

  /** Where it is. */
  public URI address() {
    return server.address();
  }

  /** Tells pages that the stack is gone, and stops. */
  @Override
  public void close() {
    hub.sourceIsGone("The program has ended");
    feed.close();
    server.close();
  }
}
