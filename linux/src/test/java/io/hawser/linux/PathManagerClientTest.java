package io.hawser.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel's path manager, with {@code ip mptcp} as the second opinion. */
@NeedsNetworkNamespaces
@Timeout(60)
class PathManagerClientTest {
  private static final long PATIENCE_NS = 10_000_000_000L;

  private TwoPaths rig;
  private PathManagerClient paths;

  @BeforeEach
  void open() throws IOException {
    rig = new TwoPaths();
    paths = PathManagerClient.open(rig.client);
  }

  @AfterEach
  void end() {
    paths.close();
    rig.close();
  }

  private String shown() {
    return new Ip(rig.client).mptcp("endpoint show");
  }

  @Test
  void endpoints_addedChangedDeleted_asIpShowsThem() throws IOException {
    int index =
        rig.client.run(() -> {
          try (InterfaceControl control = new InterfaceControl()) {
            return control.index("hwnc1");
          }
        });
    KernelEndpoint first =
        KernelEndpoint.of(TwoPaths.address(false, 1, 1), KernelEndpoint.Flag.SUBFLOW)
            .withId(7)
            .on(index);
    KernelEndpoint second =
        new KernelEndpoint(
            9, TwoPaths.address(true, 2, 1), 4433, java.util.Set.of(KernelEndpoint.Flag.SIGNAL), 0);
    paths.add(first);
    paths.add(second);
    assertThat(shown().lines().map(String::strip))
        .containsExactlyInAnyOrder(
            "10.78.1.1 id 7 subflow dev hwnc1", "fd78:2::1 port 4433 id 9 signal");
    assertThat(paths.endpoints()).containsExactlyInAnyOrder(first, second);

    paths.change(7, true, true);
    assertThat(shown()).contains("10.78.1.1 id 7 subflow backup fullmesh dev hwnc1");
    paths.change(7, false, false);
    assertThat(shown()).contains("10.78.1.1 id 7 subflow dev hwnc1");
    paths.delete(9);
    assertThat(paths.endpoints()).containsExactly(first);
    paths.flush();
    assertThat(shown()).isBlank();
    assertThat(paths.endpoints()).isEmpty();
  }

  @Test
  void endpoints_madeByIp_areRead() throws IOException {
    new Ip(rig.client).mptcp("endpoint add 10.78.2.1 id 3 subflow fullmesh");
    assertThat(paths.endpoints())
        .containsExactly(
            KernelEndpoint.of(
                    TwoPaths.address(false, 2, 1),
                    KernelEndpoint.Flag.SUBFLOW,
                    KernelEndpoint.Flag.FULLMESH)
                .withId(3));
  }

  @Test
  void limits_set_asIpShowsThem() throws IOException {
    paths.limits(new PathManagerClient.Limits(5, 3));
    assertThat(new Ip(rig.client).mptcp("limits show"))
        .contains("add_addr_accepted 3")
        .contains("subflows 5");
    assertThat(paths.limits()).isEqualTo(new PathManagerClient.Limits(5, 3));
    assertThatThrownBy(() -> paths.limits(new PathManagerClient.Limits(9, 0)))
        .isInstanceOfSatisfying(
            NetlinkException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
  }

  @Test
  void add_twice_isExistingByErrorNumber() throws IOException {
    KernelEndpoint endpoint =
        KernelEndpoint.of(TwoPaths.address(false, 1, 1), KernelEndpoint.Flag.SUBFLOW);
    paths.add(endpoint);
    assertThatThrownBy(() -> paths.add(endpoint))
        .isInstanceOfSatisfying(
            NetlinkException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST))
        .hasMessageContaining("10.78.1.1")
        .hasMessageContaining("EEXIST");
    assertThatThrownBy(() -> paths.delete(77)).hasMessageContaining("cannot delete");
  }

  @Test
  void unprivileged_changesAndEvents_areRefusedAndListingWorks() throws Exception {
    FutureTask<String> task =
        new FutureTask<>(() -> {
          dropCapabilities();
          assertThat(paths.endpoints()).isEmpty();
          assertThatThrownBy(() -> paths.flush())
              .isInstanceOfSatisfying(
                  NetlinkException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EPERM))
              .hasMessageContaining("CAP_NET_ADMIN");
          return "done";
        });
    Thread.ofPlatform().start(task);
    assertThat(task.get()).isEqualTo("done");
  }

  /** For the calling thread only: the kernel keeps credentials by thread. */
  private static void dropCapabilities() {
    var capset = Libc.find("capset", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment header = arena.allocateFrom(JAVA_INT, 0x20080522, 0);
      MemorySegment none = arena.allocate(24, 4);
      assertThat((int) capset.invokeExact(Libc.state(), header, none)).isZero();
    } catch (Throwable t) {
      throw new AssertionError("capset", t);
    }
  }

  private static <T extends KernelPathEvent> T next(KernelPathEvents events, Class<T> kind)
      throws IOException {
    List<KernelPathEvent> others = new ArrayList<>();
    long end = System.nanoTime() + PATIENCE_NS;
    while (System.nanoTime() < end) {
      KernelPathEvent event = events.poll(end - System.nanoTime());
      if (kind.isInstance(event)) {
        return kind.cast(event);
      }
      others.add(event);
    }
    throw new AssertionError("no " + kind.getSimpleName() + " but " + others);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void events_lifeOfConnectionWithSecondSubflow_areTold(boolean v6) throws IOException {
    paths.add(KernelEndpoint.of(TwoPaths.address(v6, 2, 1), KernelEndpoint.Flag.SUBFLOW).withId(5));
    // Both ends are on the same two networks: the join goes from path 2's address to path 1's.
    route(v6);
    try (PathManagerClient serverPaths = PathManagerClient.open(rig.server);
        KernelPathEvents here = paths.events();
        KernelPathEvents there = serverPaths.events()) {
      int token;
      try (TwoPaths.Pair pair = rig.connect(v6, true)) {
        token = pair.clientEnd.mptcpInfo().token();
        assertThat(next(there, KernelPathEvent.ListenerCreated.class).local().port())
            .isEqualTo(TwoPaths.PORT);
        KernelPathEvent.Created created = next(here, KernelPathEvent.Created.class);
        assertThat(created)
            .isEqualTo(
                new KernelPathEvent.Created(
                    token, pair.clientEnd.local(), TwoPaths.serverAt(v6, 1), false));
        assertThat(next(here, KernelPathEvent.Established.class).token()).isEqualTo(token);
        KernelPathEvent.Created accepted = next(there, KernelPathEvent.Created.class);
        assertThat(accepted.server()).isTrue();
        assertThat(accepted.token()).isEqualTo(pair.serverEnd.mptcpInfo().token());

        KernelPathEvent.SubflowEstablished joined =
            next(here, KernelPathEvent.SubflowEstablished.class);
        assertThat(joined.token()).isEqualTo(token);
        assertThat(joined.path().localId()).isEqualTo(5);
        assertThat(joined.path().local().address()).isEqualTo(TwoPaths.address(v6, 2, 1));
        assertThat(joined.path().remote()).isEqualTo(TwoPaths.serverAt(v6, 1));
        assertThat(joined.path().backup()).isFalse();

        paths.change(5, true, false);
        KernelPathEvent.SubflowPriority priority =
            next(there, KernelPathEvent.SubflowPriority.class);
        assertThat(priority.path().backup()).isTrue();
        assertThat(priority.path().remote()).isEqualTo(joined.path().local());

        serverPaths.add(
            KernelEndpoint.of(TwoPaths.address(v6, 2, 2), KernelEndpoint.Flag.SIGNAL).withId(8));
        KernelPathEvent.Announced announced = next(here, KernelPathEvent.Announced.class);
        assertThat(announced)
            .isEqualTo(new KernelPathEvent.Announced(token, 8, TwoPaths.serverAt(v6, 2)));
        serverPaths.delete(8);
        assertThat(next(here, KernelPathEvent.Removed.class))
            .isEqualTo(new KernelPathEvent.Removed(token, 8));

        paths.delete(5);
        KernelPathEvent.SubflowClosed closed = next(here, KernelPathEvent.SubflowClosed.class);
        assertThat(closed.token()).isEqualTo(token);
      }
      assertThat(next(here, KernelPathEvent.Closed.class).token()).isEqualTo(token);
      assertThat(next(there, KernelPathEvent.ListenerClosed.class).local().port())
          .isEqualTo(TwoPaths.PORT);
    }
  }

  private void route(boolean v6) {
    Ip here = new Ip(rig.client);
    Ip there = new Ip(rig.server);
    for (Ip ip : List.of(here, there)) {
      for (String name : List.of("all", "default")) {
        ip.sysctl("net/ipv4/conf/" + name + "/rp_filter", "0");
      }
    }
    if (v6) {
      here.ip("-6 rule add from fd78:2::1 table 102");
      here.ip("-6 route add fd78:1::/64 via fd78:2::2 dev hwnc2 table 102");
    } else {
      here.ip("rule add from 10.78.2.1 table 102");
      here.ip("route add 10.78.1.0/24 via 10.78.2.2 dev hwnc2 table 102");
    }
  }

  @Test
  void userSpacePathManager_createsDegradesAndDestroysSubflow() throws IOException {
    new Ip(rig.client).sysctl("net/mptcp/pm_type", "1");
    IpAddress second = TwoPaths.address(false, 2, 1);
    try (KernelPathEvents events = paths.events();
        TwoPaths.Pair pair = rig.connect(false, true)) {
      int token = next(events, KernelPathEvent.Established.class).token();
      paths.createSubflow(token, KernelEndpoint.of(second).withId(11), TwoPaths.serverAt(false, 2));
      KernelPathEvent.Path path = next(events, KernelPathEvent.SubflowEstablished.class).path();
      assertThat(path.localId()).isEqualTo(11);
      assertThat(path.local().address()).isEqualTo(second);
      assertThat(path.remote()).isEqualTo(TwoPaths.serverAt(false, 2));
      assertThat(pair.clientEnd.subflows()).hasSize(2);

      paths.priority(token, path.local(), path.remote(), true);
      try (SocketDiag diag = SocketDiag.open(rig.client)) {
        assertThat(diag.connections().getFirst().subflows())
            .filteredOn(KernelSubflow::backupHere)
            .extracting(one -> one.tcp().local())
            .containsExactly(path.local());
      }

      paths.destroySubflow(token, path.local(), path.remote());
      assertThat(next(events, KernelPathEvent.SubflowClosed.class).path().local())
          .isEqualTo(path.local());
      assertThatThrownBy(() -> paths.destroySubflow(token, path.local(), path.remote()))
          .isInstanceOfSatisfying(NetlinkException.class, e -> assertThat(e.errno()).isEqualTo(3));
      assertThat(pair.clientEnd.subflows()).hasSize(1);
    }
  }

  @Test
  void poll_closedByAnotherThread_ends()
      throws IOException, InterruptedException, ExecutionException {
    KernelPathEvents events = paths.events();
    FutureTask<KernelPathEvent> waiting = new FutureTask<>(() -> events.poll(PATIENCE_NS * 3));
    Thread thread = Thread.ofPlatform().daemon().start(waiting);
    events.close();
    thread.join();
    assertThat(waiting.get()).isNull();
    assertThat(events.poll(0)).isNull();
    events.close();
  }
}
