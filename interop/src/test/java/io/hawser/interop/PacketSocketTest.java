package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.hawser.core.api.ConnectionStats;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.linux.PacketSocketDevice;
import io.hawser.linux.PacketSocketGroup;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.Endpoint;
import io.hawser.wire.Headers;
import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hawser on packet sockets of two Ethernet interfaces, the kernel's MPTCP at the far end. */
@NeedsNetworkNamespaces
@Timeout(90)
class PacketSocketTest {
  private static final int BYTES = 24_000_000;

  @ParameterizedTest(name = "v6 {0} mptcp {1}")
  @CsvSource({"false,true", "true,true", "false,false", "true,false"})
  void hawserConnects_overTwoInterfaces_arrivesIntactAndTheKernelIsSilent(boolean v6, boolean mptcp)
      throws IOException {
    try (PacketWorld world = new PacketWorld()) {
      try (Hawser hawser = world.hawser(PacketWorld.PATHS);
          KernelSocket listener = world.listener(v6, mptcp);
          HawserSocket socket = hawser.socket()) {
        int port = listener.local().port();
        socket.connect(KernelPeerTest.java(PacketWorld.kernelAddress(1, v6), port), 10_000);
        try (KernelSocket peer = listener.accept()) {
          new Exchange(BYTES, 50_000).run(socket, peer);
          assertThat(socket.multipath()).isEqualTo(mptcp);
          if (mptcp) {
            assertThat(socket.stats().subflows()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(socket.stats().subflows())
                .allSatisfy(subflow ->
                    assertThat(subflow.bytesSent() + subflow.bytesReceived()).isPositive());
          }
        }
        assertThat(world.tables()).contains("hwpkt");
        assertThat(world.resetsOfTheNearKernel()).isZero();
      }
      assertThat(world.tables()).isEmpty();
    }
  }

  @ParameterizedTest(name = "v6 {0} mptcp {1}")
  @CsvSource({"false,true", "true,true", "false,false"})
  void kernelConnects_overTwoInterfaces_arrivesIntactAndTheKernelIsSilent(boolean v6, boolean mptcp)
      throws IOException {
    try (PacketWorld world = new PacketWorld()) {
      world.farIp.mptcp("endpoint add " + PacketWorld.kernelAddress(2, v6) + " dev hwpf2 subflow");
      try (Hawser hawser = world.hawser(PacketWorld.PATHS);
          HawserServerSocket listener = hawser.serverSocket()) {
        listener.bind(KernelPeerTest.java(PacketWorld.hawserAddress(1, v6), PacketWorld.PORT));
        Endpoint to = new Endpoint(PacketWorld.hawserAddress(1, v6), PacketWorld.PORT);
        try (KernelSocket client = world.client(to, mptcp);
            HawserSocket socket = (HawserSocket) listener.accept()) {
          new Exchange(BYTES, 50_000).run(socket, client);
          assertThat(socket.multipath()).isEqualTo(mptcp);
          assertThat(socket.stats().subflows()).hasSizeGreaterThanOrEqualTo(mptcp ? 2 : 1);
        }
        assertThat(world.resetsOfTheNearKernel()).isZero();
      }
      assertThat(world.tables()).isEmpty();
    }
  }

  @Test
  void interfacesWithoutOffloads_arriveIntact() throws IOException {
    try (PacketWorld world = new PacketWorld()) {
      for (int n = 1; n <= PacketWorld.PATHS; n++) {
        for (String off : List.of("tx off", "tso off", "gso off", "gro off")) {
          world.nearIp.command(("ethtool -K " + PacketWorld.nearDevice(n) + " " + off).split(" "));
        }
        world.farIp.command("ethtool", "-K", "hwpf" + n, "tx", "off", "gro", "off");
      }
      try (Hawser hawser = world.hawser(PacketWorld.PATHS);
          KernelSocket listener = world.listener(false, true);
          HawserSocket socket = hawser.socket()) {
        int port = listener.local().port();
        socket.connect(KernelPeerTest.java(PacketWorld.kernelAddress(1, false), port), 10_000);
        try (KernelSocket peer = listener.accept()) {
          new Exchange(BYTES, 50_000).run(socket, peer);
        }
      }
    }
  }

  /** Moves a million bytes each way; how many went more than once. */
  private static long sentAgain(HawserSocket socket, KernelSocket peer) {
    try (socket;
        peer) {
      new Exchange(1_000_000, 50_000).run(socket, peer);
      return socket.stats().subflows().stream()
          .mapToLong(ConnectionStats.SubflowStats::bytesRetransmitted)
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void queueFull_sendsLater_nothingIsLost() throws IOException {
    try (PacketWorld world = new PacketWorld()) {
      // Longer than what the socket may have under way, so that the socket is what fills.
      world.nearIp.command(
          ("tc qdisc add dev " + PacketWorld.nearDevice(1))
              .concat(" root tbf rate 10mbit burst 16kb limit 4mb")
              .split(" "));
      PacketSocketGroup group = world.group(1);
      PacketSocketDevice device = group.devices().getFirst();
      long again = 0;
      try (Hawser hawser = world.over(group);
          KernelSocket listener = world.listener(false, true)) {
        // One may end its slow start before the queue is full; all of them together do not.
        List<CompletableFuture<Long>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          HawserSocket socket = hawser.socket();
          int port = listener.local().port();
          socket.connect(KernelPeerTest.java(PacketWorld.kernelAddress(1, false), port), 10_000);
          KernelSocket peer = listener.accept();
          all.add(
              CompletableFuture.supplyAsync(
                  () -> sentAgain(socket, peer), Thread::startVirtualThread));
        }
        for (CompletableFuture<Long> one : all) {
          again += one.join();
        }
        long refusals = device.refusals();
        System.out.printf("10 Mbit/s tbf: EAGAIN %d times, %d bytes sent again%n", refusals, again);
        assertThat(refusals).isPositive();
        assertThat(device.droppedPackets()).isZero();
        // Tail loss probes may go out though nothing is lost.
        assertThat(again).isLessThan(4 * 5_000);
        assertThat(world.nearIp.command("tc", "-s", "qdisc", "show", "dev", "hwpn1"))
            .contains("dropped 0");
      }
    }
  }

  @ParameterizedTest(name = "{0}, queue {1}")
  @CsvSource({"lowest-rtt,limit 4mb", "round-robin,limit 4mb", "lowest-rtt,latency 50ms"})
  void slowInterfaceFull_theFastOneIsNotHeldUp(String scheduler, String queue) throws IOException {
    try (PacketWorld world = new PacketWorld()) {
      for (int n = 1; n <= PacketWorld.PATHS; n++) {
        String rate = n == 1 ? "10mbit" : "100mbit";
        world.nearIp.command(
            ("tc qdisc add dev " + PacketWorld.nearDevice(n))
                .concat(" root tbf rate " + rate + " burst 32kb " + queue)
                .split(" "));
      }
      try (Hawser hawser = world.hawser(PacketWorld.PATHS);
          KernelSocket listener = world.listener(false, true);
          HawserSocket socket = hawser.socket(hawser.defaults().withScheduler(scheduler))) {
        int port = listener.local().port();
        socket.connect(KernelPeerTest.java(PacketWorld.kernelAddress(1, false), port), 10_000);
        try (KernelSocket peer = listener.accept()) {
          int bytes = 40_000_000;
          long startNs = System.nanoTime();
          new Exchange(bytes, 50_000).run(socket, peer);
          double megabits = bytes * 8e3 / (System.nanoTime() - startNs);
          System.out.printf("10 + 100 Mbit/s, %s, %s: %.1f Mbit/s%n", scheduler, queue, megabits);
          // The slow one's share, though the fast one is full most of the time.
          assertThat(socket.stats().subflows().getFirst().bytesSent()).isGreaterThan(2_500_000);
          assertThat(megabits).isGreaterThan(80);
        }
      }
    }
  }

  @Test
  void carrierLost_dataGoesOnOverTheOtherInterface_andComesBack() throws Exception {
    try (PacketWorld world = new PacketWorld()) {
      for (int n = 1; n <= PacketWorld.PATHS; n++) {
        world.nearIp.command(
            ("tc qdisc add dev " + PacketWorld.nearDevice(n))
                .concat(" root tbf rate 50mbit burst 16kb latency 50ms")
                .split(" "));
      }
      try (Hawser hawser = world.hawser(PacketWorld.PATHS);
          KernelSocket listener = world.listener(false, true);
          HawserSocket socket = hawser.socket()) {
        int port = listener.local().port();
        socket.connect(KernelPeerTest.java(PacketWorld.kernelAddress(1, false), port), 10_000);
        try (KernelSocket peer = listener.accept()) {
          Exchange exchange = new Exchange(16_000_000, 50_000);
          CompletableFuture<Void> going =
              CompletableFuture.runAsync(() -> exchange.run(socket, peer));
          await(() -> exchange.kernelRead.get() > 2_000_000);
          world.farIp.down("hwpf1");
          long before = exchange.kernelRead.get();
          await(() -> exchange.kernelRead.get() > before + 2_000_000);
          world.farIp.up("hwpf1");
          going.get(60, TimeUnit.SECONDS);
        }
      }
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long endNs = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 20 s").isLessThan(endNs);
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  @ParameterizedTest(name = "v6 {0}")
  @ValueSource(booleans = {false, true})
  void loopback_theKernelOfThisMachine_arrivesIntact(boolean v6) throws IOException {
    String kernel = v6 ? "fd88::1" : "10.88.0.1";
    String own = v6 ? "fd88::2" : "10.88.0.2";
    try (PacketWorld world = new PacketWorld()) {
      world.nearIp.address("lo", kernel + (v6 ? "/64" : "/24"));
      world.nearIp.up("lo");
      if (v6) {
        world.nearIp.ip("-6 route add local fd88::/64 dev lo");
      }
      HawserConfig config = new HawserConfig().name("hawser-packet").packetSocket("lo");
      config.address(IpAddress.parse(own), "lo");
      try (Hawser hawser = world.near.run(() -> Hawser.open(config));
          KernelSocket listener =
              world.near.run(() ->
                  KernelSocket.open(v6, true)
                      .bind(new Endpoint(IpAddress.parse(kernel), 0))
                      .listen(4));
          HawserSocket socket = hawser.socket()) {
        int port = listener.local().port();
        socket.connect(KernelPeerTest.java(IpAddress.parse(kernel), port), 10_000);
        try (KernelSocket peer = listener.accept()) {
          new Exchange(BYTES, 50_000).run(socket, peer);
        }
        assertThat(world.resetsOfTheNearKernel()).isZero();
      }
    }
  }

  @Test
  void portOutsideOurs_isRefusedWithTheReason() throws IOException {
    try (PacketWorld world = new PacketWorld();
        Hawser hawser = world.hawser(1);
        HawserServerSocket listener = hawser.serverSocket()) {
      assertThatThrownBy(() -> listener.bind(new InetSocketAddress(80)))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("port 80 is not one of this stack's ports");
    }
  }

  @Test
  void withoutTheRule_theKernelResetsOurConnections() throws Exception {
    try (PacketWorld world = new PacketWorld();
        Hawser hawser = world.hawser(1);
        KernelSocket listener = world.listener(false, true)) {
      world.nearIp.command("nft", "flush", "ruleset");
      HawserSocket socket = hawser.socket();
      int port = listener.local().port();
      // The kernel's reset may come before or after the connection stands.
      assertThatThrownBy(
              () -> {
                socket.connect(
                    KernelPeerTest.java(PacketWorld.kernelAddress(1, false), port), 5_000);
                int _ = socket.getInputStream().read();
              })
          .isInstanceOf(IOException.class);
      await(() -> world.resetsOfTheNearKernel() > 0);
      socket.close();
    }
  }

  @Test
  void sendingAndReceiving_allocateNothingForAPacket() {
    int packets = 100_000;
    try (PacketWorld world = new PacketWorld();
        PacketSocketGroup group = world.group(PacketWorld.PATHS);
        BufferPool pool = new BufferPool();
        Arena arena = Arena.ofConfined()) {
      OutgoingPacket packet = new OutgoingPacket();
      packet.header = arena.allocate(40);
      packet.headerLength = 40;
      packet.transportOffset = 20;
      IpAddress from = PacketWorld.hawserAddress(2, false);
      Headers.ip(packet.header, from, PacketWorld.kernelAddress(2, false), 6, 20, 0, 64, 1);
      Headers.tcp(packet.header, 20, 61_000, 9, 1, 0, 20, PacketView.ACK, 100, 0);
      long sum = Checksum.add(0, packet.header, 12, 8);
      sum = Checksum.add32(Checksum.add32(sum, PacketView.TCP), 20);
      Bytes.put16(packet.header, 36, Checksum.fold(sum));
      PacketBuffer buffer = pool.large();
      PacketMeta meta = new PacketMeta();
      // The far kernel answers each with an RST.
      exchange(group, packet, buffer, meta, packets);
      ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = thread.getCurrentThreadAllocatedBytes();
      int answers = exchange(group, packet, buffer, meta, packets);
      double each = (double) (thread.getCurrentThreadAllocatedBytes() - before) / packets;
      System.out.printf("allocated for a packet and its answer: %.2f bytes%n", each);
      buffer.release();
      assertThat(answers).isGreaterThan(packets / 2);
      assertThat(each).isLessThan(16);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int exchange(
      PacketSocketGroup group,
      OutgoingPacket packet,
      PacketBuffer buffer,
      PacketMeta meta,
      int count) {
    int answers = 0;
    for (int i = 0; i < count; i++) {
      if (!group.emit(packet)) {
        group.await(1_000_000);
      }
      while (group.read(buffer, meta)) {
        answers++;
      }
    }
    return answers;
  }
}
