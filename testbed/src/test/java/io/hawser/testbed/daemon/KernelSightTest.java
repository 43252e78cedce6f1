package io.hawser.testbed.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import io.hawser.linux.KernelConnection;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.KernelSubflow;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.linux.SocketDiag;
import io.hawser.testbed.Host;
import io.hawser.testbed.LinkStatus;
import io.hawser.testbed.Testbed;
import io.hawser.testbed.yaml.TopologyReader;
import io.hawser.wire.Endpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * MPTCP connections of programs that know nothing of Hawser, as the testbed's process tells them.
 */
@NeedsNetworkNamespaces
@Timeout(120)
class KernelSightTest {
  private static final String NAME = "s" + ProcessHandle.current().pid();
  private static final long PATIENCE_NS = 15_000_000_000L;
  private static final int BYTES = 2_000_000;

  /**
   * Address family, IPPROTO_MPTCP, and port 5001 of any address, or of 10.77.0.2, in socat's words.
   */
  private static final String LISTEN = "SOCKET-LISTEN:2:262:x1389x00000000x0000000000000000";

  private static final String CONNECT = "SOCKET-CONNECT:2:262:x1389x0a4d0002x0000000000000000";

  private static final String TOPOLOGY =
      """
      name: pair
      links:
        - {name: one, both: "rate=50mbit delay=2ms"}
        - {name: two, both: "rate=50mbit delay=4ms"}
      """;

  private final List<Event> told = new CopyOnWriteArrayList<>();
  private final List<Process> programs = new ArrayList<>();
  private Testbed testbed;
  private Feed feed;
  private Sampler sampler;

  @BeforeEach
  void up() throws IOException {
    testbed = Testbed.up(NAME, TopologyReader.read("test", TOPOLOGY));
    testbed.mptcp(true);
    feed = new Feed();
    Feed.Listener listener = feed.listen();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (true) {
              told.add(listener.take());
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    sampler = new Sampler(testbed, feed);
    sampler.start();
  }

  @AfterEach
  void down() {
    sampler.close();
    programs.forEach(Process::destroyForcibly);
    testbed.close();
    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("testbed-")))
        .isEmpty();
  }

  private void await(String what, BooleanSupplier condition) {
    long limitNs = System.nanoTime() + PATIENCE_NS;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - limitNs).as(() -> what + " of " + log()).isNegative();
      LockSupport.parkNanos(5_000_000);
    }
  }

  private List<Event> log() {
    return told.stream()
        .filter(event -> !(event instanceof Event.LinkSample || isFigure(event)))
        .toList();
  }

  private static boolean isFigure(Event event) {
    return event instanceof Event.SubflowSample || event instanceof Event.ConnectionSample;
  }

  private <T extends Event> Stream<T> told(Class<T> kind) {
    return told.stream().filter(kind::isInstance).map(kind::cast);
  }

  private <T extends Event> T awaitEvent(Class<T> kind, Predicate<T> wanted) {
    await("no such " + kind.getSimpleName(), () -> told(kind).anyMatch(wanted));
    return told(kind).filter(wanted).findFirst().orElseThrow();
  }

  private void awaitNote(String part) {
    Event.Note _ = awaitEvent(Event.Note.class, note -> note.text().contains(part));
  }

  private Process start(Host host, String... command) {
    Process program =
        host.start(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT), Map.of());
    programs.add(program);
    return program;
  }

  /**
   * Two foreign programs with an MPTCP connection; the client's side of it, to write into. The
   * listener stays (fork): the kernel takes joins only where somebody listens.
   */
  private OutputStream foreignConnection() {
    Process _ =
        start(testbed.server(), "socat", "-u", LISTEN + ",reuseaddr,fork", "OPEN:/dev/null");
    awaitNote("server: a program listens for MPTCP at 0.0.0.0:5001");
    return start(testbed.client(), "socat", "-u", "-", CONNECT).getOutputStream();
  }

  /** Figures of one host's subflows that were told after a moment; the latest of each. */
  private List<Event.SubflowSample> figuresAfter(String host, long atNs) {
    return List.copyOf(
        told(Event.SubflowSample.class)
            .filter(s -> s.host().equals(host) && s.atNs() > atNs)
            .collect(Collectors.toMap(Event.SubflowSample::subflow, s -> s, (_, last) -> last))
            .values());
  }

  /** Links that the client's connection can use, as figures after a moment tell. */
  private Set<String> carriers(long atNs) {
    await("figures", () -> !figuresAfter("client", atNs).isEmpty());
    return figuresAfter("client", atNs).stream()
        .filter(s -> s.state().equals("ESTABLISHED"))
        .map(Event.SubflowSample::link)
        .collect(Collectors.toSet());
  }

  private record Figures(Endpoint local, Endpoint remote, long acked, long received) {}

  private static Set<Figures> figures(Host host) throws IOException {
    try (SocketDiag diag = SocketDiag.open(host.namespace())) {
      return diag.connections().stream()
          .flatMap(one -> one.subflows().stream())
          .map(s ->
              new Figures(
                  s.tcp().local(),
                  s.tcp().remote(),
                  s.tcp().info().bytesAcked(),
                  s.tcp().info().bytesReceived()))
          .collect(Collectors.toSet());
    }
  }

  private static long dataReceived(Host host) {
    try (SocketDiag diag = SocketDiag.open(host.namespace())) {
      List<KernelConnection> all = diag.connections();
      return all.stream().mapToLong(one -> one.info().bytesReceived()).sum();
    } catch (IOException e) {
      return -1;
    }
  }

  private static long confirmed(Host host) {
    try (SocketDiag diag = SocketDiag.open(host.namespace())) {
      return diag.subflows().stream().filter(KernelSubflow::established).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void foreignPrograms_subflowsAndBytes_areThoseOfSockDiag() throws IOException {
    OutputStream out = foreignConnection();
    out.write(new byte[BYTES]);
    out.flush();
    Event.SubflowEstablished joined = awaitEvent(Event.SubflowEstablished.class, _ -> true);
    await("all bytes there", () -> dataReceived(testbed.server()) == BYTES);
    out.write(new byte[BYTES]);
    out.flush();
    await("all bytes there", () -> dataReceived(testbed.server()) == 2 * BYTES);

    for (Host host : List.of(testbed.client(), testbed.server())) {
      await(
          "figures of " + host + " as sock_diag has them",
          () -> {
            try {
              Set<Figures> before = figures(host);
              long atNs = System.nanoTime();
              await("figures of " + host, () -> !figuresAfter(host.name(), atNs).isEmpty());
              Set<Figures> seen =
                  figuresAfter(host.name(), atNs).stream()
                      .map(
                          s -> new Figures(s.local(), s.remote(), s.sentBytes(), s.receivedBytes()))
                      .collect(Collectors.toSet());
              return before.size() == 2 && before.equals(seen) && before.equals(figures(host));
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
    }
    // Both ends tell of one connection with the same numbers.
    List<Event.SubflowSample> client = figuresAfter("client", 0);
    List<Event.SubflowSample> server = figuresAfter("server", 0);
    assertThat(client)
        .extracting(Event.SubflowSample::link)
        .containsExactlyInAnyOrder("one", "two");
    assertThat(server)
        .extracting(Event.SubflowSample::link)
        .containsExactlyInAnyOrder("one", "two");
    for (Event.SubflowSample one : client) {
      assertThat(one.connection()).isEqualTo(KernelBoard.FIRST_NUMBER);
      assertThat(one.state()).isEqualTo("ESTABLISHED");
      assertThat(one.smoothedRttNs()).isBetween(1_000_000L, 500_000_000L);
      assertThat(server)
          .filteredOn(other -> other.subflow() == one.subflow())
          .singleElement()
          .satisfies(other -> assertThat(other.local()).isEqualTo(one.remote()));
    }
    assertThat(told(Event.ConnectionSample.class))
        .allMatch(s -> s.program().matches("socat \\(\\d+\\)"));
    assertThat(
            told(Event.ConnectionSample.class)
                .filter(s -> s.host().equals("server"))
                .mapToLong(Event.ConnectionSample::receivedBytes)
                .max())
        .hasValue(2 * BYTES);
    assertThat(told(Event.ConnectionEstablished.class)).hasSize(1);
    assertThat(told(Event.SubflowEstablished.class)).containsExactly(joined);
    assertThat(joined.local().address().toString()).isEqualTo("10.77.2.1");
  }

  @Test
  void linkGoneAndBack_priorityAndEnd_areTold() throws IOException {
    OutputStream out = foreignConnection();
    out.write(new byte[100_000]);
    out.flush();
    Event.SubflowEstablished joined = awaitEvent(Event.SubflowEstablished.class, _ -> true);

    // MP_PRIO goes once, in an ACK: a subflow that is not ready yet would not heed it.
    for (Host host : List.of(testbed.client(), testbed.server())) {
      await("both subflows confirmed", () -> confirmed(host) == 2);
    }
    testbed.client().ip().mptcp("endpoint change 10.77.2.1 backup");
    Event.PriorityChanged changed = awaitEvent(Event.PriorityChanged.class, _ -> true);
    assertThat(changed.backup()).isTrue();
    assertThat(changed.subflow()).isEqualTo(joined.subflow());
    awaitEvent(Event.SubflowSample.class, s -> s.backup() && s.link().equals("two"));

    testbed.change("two", "remove");
    Event.SubflowClosed closed = awaitEvent(Event.SubflowClosed.class, _ -> true);
    assertThat(closed.subflow()).isEqualTo(joined.subflow());
    awaitNote("client: interface two is gone, lost ");
    long atNs = System.nanoTime();
    await("figures of what is left", () -> carriers(System.nanoTime()).equals(Set.of("one")));

    testbed.change("two", "add");
    Event.SubflowEstablished back =
        awaitEvent(Event.SubflowEstablished.class, s -> s.atNs() > atNs);
    assertThat(back.subflow()).isNotEqualTo(joined.subflow());
    assertThat(back.local().address()).isEqualTo(joined.local().address());
    awaitNote("client: interface two is new, ");

    // Behind the testbed's back.
    testbed.client().ip().ip("link set one down");
    awaitNote("client: interface one is down");
    testbed.client().ip().ip("link set one up");
    awaitNote("client: interface one is up");

    out.close();
    Event.ConnectionClosed end = awaitEvent(Event.ConnectionClosed.class, _ -> true);
    assertThat(end.connection()).isEqualTo(KernelBoard.FIRST_NUMBER);
  }

  @Test
  void ownConnections_areLeftToTheirTrial() throws IOException {
    try (KernelSocket listener =
            testbed.server().namespace().run(() -> KernelSocket.open(false, true));
        KernelSocket client =
            testbed.client().namespace().run(() -> KernelSocket.open(false, true))) {
      listener.bind(new Endpoint(Testbed.kernelService(false), 5002)).listen(4);
      client.connect(new Endpoint(Testbed.kernelService(false), 5002));
      try (KernelSocket server = listener.accept()) {
        byte[] bytes = new byte[1000];
        client.write(bytes, 0, bytes.length);
        assertThat(server.read(bytes, 0, bytes.length)).isPositive();
        OutputStream out = foreignConnection();
        out.write(bytes);
        out.flush();
        awaitEvent(Event.SubflowSample.class, s -> s.local().port() == 5001);
        awaitEvent(Event.SubflowSample.class, s -> s.local().port() == 5001 && !s.link().isEmpty());
        assertThat(told(Event.SubflowSample.class))
            .noneMatch(s -> s.local().port() == 5002 || s.remote().port() == 5002);
        assertThat(told(Event.ConnectionEstablished.class)).hasSize(2);
      }
    }
  }

  @Test
  void plainTcp_isSeenFromBothEnds() throws IOException {
    Process server =
        start(testbed.server(), "socat", "-u", "TCP4-LISTEN:5003,reuseaddr", "OPEN:/dev/null");
    await("a listener", () -> isListening(testbed.server(), 5003));
    OutputStream out =
        start(testbed.client(), "socat", "-u", "-", "TCP4:10.77.0.2:5003").getOutputStream();
    out.write(new byte[BYTES]);
    out.flush();
    Event.SubflowSample there =
        awaitEvent(
            Event.SubflowSample.class,
            s -> s.host().equals("server") && s.receivedBytes() == BYTES);
    Event.SubflowSample here =
        awaitEvent(
            Event.SubflowSample.class, s -> s.host().equals("client") && s.sentBytes() >= BYTES);
    assertThat(here.connection()).isEqualTo(there.connection());
    assertThat(here.local()).isEqualTo(there.remote());
    assertThat(here.link()).isIn("one", "two");
    assertThat(here.smoothedRttNs()).isBetween(1_000_000L, 500_000_000L);
    Event.ConnectionEstablished born =
        awaitEvent(Event.ConnectionEstablished.class, e -> e.connection() == here.connection());
    assertThat(born.multipath()).isFalse();
    assertThat(born.remote().port()).isEqualTo(5003);
    assertThat(told(Event.ConnectionSample.class).filter(s -> s.host().equals("server")))
        .allMatch(s -> s.program().equals("socat (" + server.pid() + ")"));
    out.close();
    awaitEvent(Event.ConnectionClosed.class, e -> e.connection() == here.connection());
    assertThat(told(Event.ConnectionEstablished.class)).hasSize(1);
  }

  /** A server that knows only TCP: MPTCP's client falls back while it opens. */
  @Test
  void fellBackWhileOpening_isSeenAsTcp() throws IOException {
    Process _ =
        start(
            testbed.server(),
            "socat",
            "-u",
            "TCP4-LISTEN:5001,bind=10.77.0.2,reuseaddr",
            "OPEN:/dev/null");
    await("a listener", () -> isListening(testbed.server(), 5001));
    OutputStream out = start(testbed.client(), "socat", "-u", "-", CONNECT).getOutputStream();
    out.write(new byte[1000]);
    out.flush();
    Event.SubflowSample here =
        awaitEvent(
            Event.SubflowSample.class, s -> s.host().equals("client") && s.sentBytes() >= 1000);
    awaitEvent(
        Event.SubflowSample.class,
        s -> s.host().equals("server") && s.connection() == here.connection());
    awaitEvent(
        Event.ConnectionEstablished.class,
        e -> e.connection() == here.connection() && !e.multipath());
  }

  /**
   * Ten at once, over after milliseconds: some lines, and the rest counted; MPTCP's are not TCP.
   */
  @Test
  void shortConnections_areInTheLog() throws IOException {
    Process _ =
        start(
            testbed.server(),
            "socat",
            "TCP4-LISTEN:5005,reuseaddr,fork",
            "SYSTEM:head -c 30000 /dev/zero");
    Process _ =
        start(testbed.server(), "socat", "-u", LISTEN + ",reuseaddr,fork", "OPEN:/dev/null");
    await("listeners", () -> isListening(testbed.server(), 5005));
    await("listeners", () -> isListening(testbed.server(), 5001));
    String client =
        "for i in 1 2 3 4 5 6 7 8 9 10; do printf 'hello' | socat -u - "
            + CONNECT
            + "; socat -u TCP4:10.77.0.2:5005 OPEN:/dev/null; done";
    Process _ = start(testbed.client(), "sh", "-c", client);
    await("ten short connections", () -> shortOnes() == 10);
    Event.Note one =
        awaitEvent(Event.Note.class, note -> note.text().startsWith("short TCP connection"));
    assertThat(one.text()).matches(".* to 10\\.77\\.0\\.2:5005: 0 B up, 30 kB down, RTT .* ms");
    assertThat(told(Event.Note.class).filter(note -> note.text().contains(":5001: "))).isEmpty();
  }

  private long shortOnes() {
    long lines =
        told(Event.Note.class).filter(n -> n.text().startsWith("short TCP connection")).count();
    long counted =
        told(Event.Note.class)
            .filter(note -> note.text().contains(" more short TCP connections"))
            .mapToLong(note -> Long.parseLong(note.text().split(" ")[0]))
            .sum();
    long listed =
        told(Event.ConnectionEstablished.class)
            .filter(e -> !e.multipath() && e.remote().port() == 5005)
            .count();
    return lines + counted + listed;
  }

  @Test
  void manyConnections_theBusiestAreShownAndTheRestCounted() throws IOException {
    Process _ =
        start(testbed.server(), "socat", "-u", "TCP4-LISTEN:5004,reuseaddr,fork", "OPEN:/dev/null");
    await("a listener", () -> isListening(testbed.server(), 5004));
    int extra = 5;
    for (int i = 0; i < PlainTcp.MOST_SHOWN + extra; i++) {
      Process _ = start(testbed.client(), "socat", "-u", "-", "TCP4:10.77.0.2:5004");
    }
    awaitNote(" more TCP connections are not shown");
    awaitEvent(Event.SubflowSample.class, _ -> true);
    assertThat(told(Event.SubflowSample.class).map(Event.SubflowSample::connection).distinct())
        .hasSizeLessThanOrEqualTo(PlainTcp.MOST_SHOWN);
  }

  private static boolean isListening(Host host, int port) {
    return host.ip().command("ss", "-Htln").contains(":" + port);
  }

  @Test
  void hostsGoneFirst_disturbNobody() throws IOException {
    OutputStream out = foreignConnection();
    out.write(new byte[100_000]);
    out.flush();
    awaitEvent(Event.SubflowSample.class, _ -> true);
    testbed.close();
    long atNs = System.nanoTime();
    awaitEvent(Event.LinkSample.class, s -> s.atNs() > atNs + 600_000_000L);
    assertThat(log())
        .noneMatch(event ->
            event instanceof Event.Note note
                && (note.text().contains("cannot") || note.text().contains("no more news")));
    sampler.close();
    int before = told.size();
    sampler.close();
    assertThat(told).hasSize(before);
  }

  @Test
  void sampling_costsLittle() throws IOException {
    OutputStream out = foreignConnection();
    out.write(new byte[100_000]);
    out.flush();
    awaitEvent(Event.SubflowSample.class, _ -> true);
    long fromNs = System.nanoTime();
    long before = cpuNs();
    await("4 s", () -> System.nanoTime() - fromNs > 4_000_000_000L);
    double share = (double) (cpuNs() - before) / (System.nanoTime() - fromNs);
    System.out.printf("sampling an open connection takes %.2f %% of a core%n", 100 * share);
    assertThat(share).isLessThan(0.1);
    assertThat(testbed.links()).allMatch(LinkStatus::usable);
  }

  private static long cpuNs() {
    var threads = ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("testbed-"))
        .mapToLong(thread -> threads.getThreadCpuTime(thread.threadId()))
        .sum();
  }
}
