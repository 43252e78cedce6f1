package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionStats;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.linux.PacketSocketDevice;
import io.hawser.linux.PacketSocketGroup;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.Endpoint;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void queueFull_sendsLater_nothingIsLost() throws IOException {
    try (PacketWorld world = new PacketWorld()) {
      // Longer than what the socket may have under way, so that the socket is what fills.
      world.nearIp.command(
          ("tc qdisc add dev " + PacketWorld.nearDevice(1))
              .concat(" root tbf rate 10mbit burst 16kb limit 4mb")
              .split(" "));
      PacketSocketGroup group = world.group(1);
      PacketSocketDevice device = group.devices().getFirst();
      try (Hawser hawser = world.over(group);
          KernelSocket listener = world.listener(false, true);
          HawserSocket socket = hawser.socket()) {
        int port = listener.local().port();
        socket.connect(KernelPeerTest.java(PacketWorld.kernelAddress(1, false), port), 10_000);
        try (KernelSocket peer = listener.accept()) {
          new Exchange(4_000_000, 50_000).run(socket, peer);
        }
        ConnectionStats stats = socket.stats();
        long again =
            stats.subflows().stream()
                .mapToLong(ConnectionStats.SubflowStats::bytesRetransmitted)
                .sum();
        long refusals = device.refusals();
        System.out.printf("10 Mbit/s tbf: EAGAIN %d times, %d bytes sent again%n", refusals, again);
        assertThat(refusals).isPositive();
        assertThat(device.droppedPackets()).isZero();
        // A tail loss probe may go out though nothing is lost.
        assertThat(again).isLessThan(3_000);
        assertThat(world.nearIp.command("tc", "-s", "qdisc", "show", "dev", "hwpn1"))
            .contains("dropped 0");
      }
    }
  }
}
