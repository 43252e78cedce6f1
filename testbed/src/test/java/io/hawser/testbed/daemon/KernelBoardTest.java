package io.hawser.testbed.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.linux.KernelPathEvent;
import io.hawser.linux.SocketOwners;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What two kernels tell of the same connections, made up. */
class KernelBoardTest {
  private static final Endpoint SERVER = end("10.77.0.2", 80);
  private static final int CLIENT_TOKEN = 0x11;
  private static final int SERVER_TOKEN = 0x22;

  private final List<Event> told = new ArrayList<>();
  private final KernelBoard board = new KernelBoard(EventSink.all(told::add));

  private static Endpoint end(String address, int port) {
    return new Endpoint(IpAddress.parse(address), port);
  }

  private void take(String host, KernelPathEvent event) {
    board.take(host, event, true, 7);
  }

  private void connect(int port) {
    Endpoint client = end("10.77.1.1", port);
    take("client", new KernelPathEvent.Created(CLIENT_TOKEN + port, client, SERVER, false));
    take("server", new KernelPathEvent.Created(SERVER_TOKEN + port, SERVER, client, true));
  }

  private static KernelPathEvent.Path path(Endpoint local, Endpoint remote, boolean backup) {
    return new KernelPathEvent.Path(1, 0, local, remote, backup, 2);
  }

  @Test
  void bothEnds_tellOneConnectionOnce_asTheClientSeesIt() {
    take("server", new KernelPathEvent.Created(SERVER_TOKEN, SERVER, end("10.77.1.1", 1), true));
    take("client", new KernelPathEvent.Created(CLIENT_TOKEN, end("10.77.1.1", 1), SERVER, false));
    // An IPv4 connection of an IPv6 socket.
    Endpoint second = end("::ffff:10.77.2.1", 2);
    Endpoint plain = end("10.77.2.1", 2);
    take("server", new KernelPathEvent.SubflowEstablished(SERVER_TOKEN, path(SERVER, plain, true)));
    take(
        "client", new KernelPathEvent.SubflowEstablished(CLIENT_TOKEN, path(second, SERVER, true)));
    take("server", new KernelPathEvent.SubflowPriority(SERVER_TOKEN, path(SERVER, plain, false)));
    take(
        "client",
        new KernelPathEvent.SubflowClosed(CLIENT_TOKEN, path(plain, SERVER, false), 110, 5));
    take(
        "server",
        new KernelPathEvent.SubflowClosed(SERVER_TOKEN, path(SERVER, plain, false), 0, 0));
    take("client", new KernelPathEvent.Announced(CLIENT_TOKEN, 4, end("10.77.2.2", 0)));
    take("client", new KernelPathEvent.Removed(CLIENT_TOKEN, 4));
    take("client", new KernelPathEvent.Closed(CLIENT_TOKEN));
    take("server", new KernelPathEvent.Closed(SERVER_TOKEN));
    assertThat(told)
        .containsExactly(
            new Event.ConnectionEstablished(7, 1001, end("10.77.1.1", 1), SERVER, true, true),
            new Event.SubflowEstablished(7, 1001, 1, plain, SERVER, true),
            new Event.PriorityChanged(7, 1001, 1, false, true),
            new Event.SubflowClosed(7, 1001, 1, "ETIMEDOUT, reset, unacceptable performance"),
            new Event.AddressAnnounced(7, 1001, 4, IpAddress.parse("10.77.2.2"), 0),
            new Event.AddressRemoved(7, 1001, 4),
            new Event.ConnectionClosed(7, 1001, ""));
    assertThat(board.isLive("client")).isTrue();
    board.listed("client", Set.of(), 8);
    assertThat(board.isLive("client")).isFalse();
    assertThat(board.isLive("server")).isTrue();
    board.listed("server", Set.of(), 8);
    assertThat(told).hasSize(7);
  }

  @Test
  void nobodyListens_closedConnectionsAreForgottenAtOnce() {
    for (int port = 1; port <= 1000; port++) {
      connect(port);
      board.take("client", new KernelPathEvent.Closed(CLIENT_TOKEN + port), false, 9);
      board.take("server", new KernelPathEvent.Closed(SERVER_TOKEN + port), false, 9);
    }
    assertThat(board.isLive("client")).isFalse();
    assertThat(board.isLive("server")).isFalse();
    // The same ports again are another connection.
    connect(1000);
    assertThat(told.getLast())
        .isEqualTo(
            new Event.ConnectionEstablished(7, 2001, end("10.77.1.1", 1000), SERVER, true, true));
  }

  @Test
  void endMissingInLists_isGoneAfterASecond() {
    connect(5);
    board.listed("client", Set.of(), 7 + 900_000_000L);
    assertThat(board.isLive("client")).isTrue();
    board.listed("client", Set.of(CLIENT_TOKEN + 5), 7 + 1_100_000_000L);
    assertThat(board.isLive("client")).isTrue();
    board.listed("client", Set.of(), 7 + 1_100_000_000L);
    board.listed("server", Set.of(), 7 + 1_100_000_000L);
    assertThat(told.getLast()).isEqualTo(new Event.ConnectionClosed(7 + 1_100_000_000L, 1001, ""));
  }

  @Test
  void lostEvents_andUnknownTokens_askForAList() {
    assertThat(board.isLive("client")).isFalse();
    take("client", new KernelPathEvent.Closed(77));
    assertThat(board.isLive("client")).isTrue();
    assertThat(board.isLive("server")).isFalse();
    board.listed("client", Set.of(), 2);
    assertThat(board.isLive("client")).isFalse();
    take("server", new KernelPathEvent.Missed());
    assertThat(board.isLive("server")).isTrue();
  }

  @Test
  void ownerNobodyFinds_isAStrangerAfterSomeSearches() {
    KernelBoard.Seen seen =
        board.seen("client", CLIENT_TOKEN, end("10.77.1.1", 1), SERVER, false, 7);
    for (int search = 1; search <= 3; search++) {
      assertThat(board.owner(seen, null)).isFalse();
    }
    assertThat(board.owner(seen, null)).isTrue();
    assertThat(seen.owner()).isEqualTo(new SocketOwners.Owner(0, "a program"));
  }
}
